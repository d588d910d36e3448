"""What is wrong with params.yaml or a corpus file, in sentences that name the key."""

from pathlib import Path

from pydantic import ValidationError


def explain(error: ValidationError, source: Path) -> str:
    """One line for each mistake: the file, the dotted key, the value, and what is allowed."""
    lines = []
    for item in error.errors():
        key = ".".join(str(part) for part in item["loc"])
        match item["type"]:
            case "extra_forbidden":
                lines.append(f"{source}: {key} is not a key of this file")
            case "missing":
                lines.append(f"{source}: {key} is missing")
            case "value_error":
                reason = str(item["ctx"]["error"])
                lines.append(f"{source}: {key}.{reason}" if key else f"{source}: {reason}")
            case _:
                what = item["msg"][0].lower() + item["msg"][1:]
                lines.append(f"{source}: {key} is {item['input']!r}, but {what}")
    return "\n".join(lines)
