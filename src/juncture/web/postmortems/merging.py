"""Three texts into one: what two people made of the same base. No typed word is lost."""

from __future__ import annotations

from diff_match_patch import diff_match_patch

_MATCH_DISTANCE = 2000


def merge(base: str, mine: str, theirs: str) -> str:
    """Return `theirs` with the changes that lead from `base` to `mine` applied.

    A change whose place `theirs` no longer has is added at the end, as text of its own, rather than lost.
    """
    if theirs in (base, mine):
        return mine
    engine = diff_match_patch()
    engine.Match_Distance = _MATCH_DISTANCE
    differences = engine.diff_main(base, mine)
    engine.diff_cleanupSemantic(differences)
    patches = engine.patch_make(base, differences)
    merged, applied = engine.patch_apply(patches, theirs)
    homeless = [
        text.strip()
        for patch, done in zip(patches, applied, strict=False)
        if not done
        for kind, text in patch.diffs
        if kind == engine.DIFF_INSERT and text.strip()
    ]
    return "\n\n".join((merged, *homeless))
