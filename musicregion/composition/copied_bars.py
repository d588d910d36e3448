"""Writes a bar that comes again as one token, which says how many bars back it was.

Repeats of a score have been played out, with their first and second endings: a section that comes
again is a run of such tokens. MELONS (Y. Zou et al., 2022) calls this relation of bars repetition.

A sequence is a list of token ids. Each bar begins with the token `bar`; `copy` is the token for one
bar back, and those for more bars follow it.
"""

FARTHEST = 32  # bars back


def split_bars(ids: list[int], bar: int) -> list[tuple[int, ...]]:
    """The tokens of each bar after its first one, which is `bar`."""
    bars: list[list[int]] = []
    for token in ids:
        if token == bar:
            bars.append([])
        elif bars:
            bars[-1].append(token)
    return [tuple(contents) for contents in bars]


def find_copies(bars: list[tuple[int, ...]]) -> list[int]:
    """How many bars back the same bar is, for each bar; 0: nowhere.

    Where there are several, the one from which most of the following bars are the same as well. A
    bar without notes, which has no more than a meter, is no copy.
    """

    def run(start: int, lag: int) -> int:
        length = 0
        while start + length < len(bars) and bars[start + length - lag] == bars[start + length]:
            length += 1
        return length

    lags: list[int] = []
    while (start := len(lags)) < len(bars):
        runs = {lag: run(start, lag) for lag in range(1, min(start, FARTHEST) + 1)}
        lag = max(runs, key=lambda lag: runs[lag], default=0)
        length = runs.get(lag, 0)
        lags += [lag] * length if length else [0]
    return [lag if len(bar) > 1 else 0 for lag, bar in zip(lags, bars, strict=True)]


def abbreviate(ids: list[int], bar: int, copy: int) -> list[int]:
    """The sequence with its copies as one token each, after the bar's first."""
    bars = split_bars(ids, bar)
    result: list[int] = []
    for lag, contents in zip(find_copies(bars), bars, strict=True):
        result += [bar, copy + lag - 1] if lag else [bar, *contents]
    return result


def write_out(ids: list[int], bar: int, copy: int) -> list[int]:
    """The sequence without tokens of copies. One that goes back too far is a bar without notes."""
    bars: list[tuple[int, ...]] = []
    for contents in split_bars(ids, bar):
        lag = contents[0] - copy + 1 if contents else 0
        if 1 <= lag <= FARTHEST:
            bars.append(bars[-lag] if lag <= len(bars) else ())
        else:
            bars.append(tuple(token for token in contents if not 0 <= token - copy < FARTHEST))
    return [token for contents in bars for token in (bar, *contents)]
