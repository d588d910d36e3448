"""`make docs` builds the site: the repository's pages at their own paths, so that links hold.

MkDocs calls these functions (see `hooks` in mkdocs.yml).
"""

import re
from pathlib import Path
from pkgutil import iter_modules

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

REPOSITORY = Path(__file__).parents[2]
PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "benchmarks/README.md", "docs/*.md")
LINK = re.compile(r"\]\(([^)#\s]+)")  # in Markdown


def api_pages() -> dict[str, str]:
    """A page for each package of musicregion: its path, and its Markdown."""
    pages = {}
    for package in iter_modules([str(REPOSITORY / "musicregion")]):
        if package.ispkg:
            folder = REPOSITORY / "musicregion" / package.name
            modules = [module.name for module in iter_modules([str(folder)]) if not module.ispkg]
            blocks = [f"::: musicregion.{package.name}.{module}\n" for module in modules]
            title = f"# musicregion.{package.name}\n\n"
            pages[f"api/{package.name}.md"] = title + "\n".join(blocks)
    return pages


def linked_files(page: Path) -> list[Path]:
    """The files of the repository, other than pages, that a page links to."""
    targets = [
        (page.parent / link).resolve()
        for link in LINK.findall(page.read_text())
        if "://" not in link
    ]
    return [target for target in targets if target.is_file() and target.suffix != ".md"]


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Add the API to the navigation."""
    config.nav = [*(config.nav or []), {"API": list(api_pages())}]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The site's files: pages and what they link to, at their paths in the repository."""
    pages = [page for pattern in PAGES for page in sorted(REPOSITORY.glob(pattern))]
    paths = dict.fromkeys([*pages, *(path for page in pages for path in linked_files(page))])
    generated = [
        File.generated(config, path.relative_to(REPOSITORY).as_posix(), abs_src_path=str(path))
        for path in paths
    ]
    generated += [File.generated(config, path, content=text) for path, text in api_pages().items()]
    of_theme = [file for file in files if not (file.abs_src_path or "").startswith(config.docs_dir)]
    return Files([*of_theme, *generated])
