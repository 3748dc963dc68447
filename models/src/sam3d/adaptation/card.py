"""CARD.md of a task, made from its description."""

from typing import Any

FEW_PATIENTS = 10


def mistaken_text(mistaken: dict[str, int]) -> str:
    return f"{mistaken['cases']} of {mistaken['of']}" if mistaken["of"] else "every case shows it"


def way_of(method: str, config: dict[str, Any]) -> str:
    """The method, and of one that has several ways which"""
    way = [config[name] for name in ("parts", "change") if name in config]
    return f"{method} ({', '.join(way)})" if way else method


def synthesis_text(share: float) -> str:
    """Such samples are no images that anyone has taken."""
    return f" {100 * share:.0f} % of its samples: drawn again in another case's intensities." if share else ""


def card_of(description: dict[str, Any]) -> str:
    quality, provenance, base = description["quality"], description["provenance"], description["base"]
    config = provenance["config"]
    rows = [
        f"| {one['label']} | {one['dice']:.3f} | {one['ci95'][0]:.3f}–{one['ci95'][1]:.3f} | "
        f"{mistaken_text(provenance['mistaken'][one['label']])} |"
        for one in quality["perClass"]
    ]
    labels = ", ".join(one["label"] for one in description["classes"])
    few = quality["patients"] < FEW_PATIENTS
    limits = [
        "Other scanners, protocols, age groups and pathologies than those of the cases were not tested.",
        f"It looks with voxels of {description['plan']['spacingMm']} mm: what is finer is lost. That size "
        "was chosen by all cases, those that were held back, too.",
        *(["The estimate is of few patients: others may differ by more than its interval."] if few else []),
    ]
    return "\n".join(
        [
            f"# {description['title']}",
            "",
            "Research use. Not a medical device; every result is to be checked by a reader.",
            "",
            "## Intended use",
            "",
            f"{labels} on {', '.join(description['modalities'])}, without prompts; the result is there to be "
            "corrected by clicks.",
            "",
            "## How well it works",
            "",
            f"Cross-validation of {quality['folds']} folds over {quality['cases']} cases of "
            f"{quality['patients']} patients; no patient on two sides of a fold. The model handed over was "
            "fitted to all of them, which the estimate does not measure.",
            "",
            "| structure | Dice | 95 % interval (bootstrap over patients) | found in cases without it |",
            "|---|---|---|---|",
            *rows,
            "",
            "## Data and licence",
            "",
            f"{len(provenance['cases'])} cases of this site, named by their hashes in task.json; who uses or "
            "passes on the weights is bound by what was agreed for these data and by the base's licence.",
            "",
            "## Made of",
            "",
            f"Method {way_of(description['method'], config)} on {base['model']} {base['version']}, "
            f"{provenance['trainableParameters']} parameters, {provenance['trainedSeconds']:.0f} s of "
            f"learning, seed {provenance['seed']}, code {provenance['codeVersion']}."
            f"{synthesis_text(config['synthesis_share'])}",
            "",
            "## Limits",
            "",
            *(f"- {limit}" for limit in limits),
            "",
        ]
    )
