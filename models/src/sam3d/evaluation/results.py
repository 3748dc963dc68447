"""RESULTS.md, made from the raw records of whatever was measured:
python -m sam3d.evaluation.results

Its tables and sections are written of the logs in records/; those of which there is no log stay as they are.
"""

import argparse
from pathlib import Path

from .logged_sections import LOGGED_SECTIONS
from .matrix import LOG as MATRIX_LOG
from .matrix import main as write_matrix
from .matrix_table import TITLE as MATRIX_TITLE
from .methods import COMPARED, PROMPTED_UNET
from .prompt_kinds import prompt_kinds_table
from .records import baseline_records, read_log_if_any
from .release_gate import gate_table
from .result_sections import with_kept_sections, write_section
from .served_table import served_table
from .tables import Record, dice_of, distinct, measured_with, nsd_of, table_of_sets, whole_dice_of

KEPT_SECTIONS = (*(section.title for section in LOGGED_SECTIONS), MATRIX_TITLE)
LOGS = Path("records")
EVALUATION_LOG = LOGS / "evaluation.jsonl"
SERVED_LOG = LOGS / "served.jsonl"
PROTOCOL = """# Results

Written by `python -m sam3d.evaluation.evaluate`, or from the logs by `python -m sam3d.evaluation.results`.

The cases are of the `dev` split and of `research/`; none was trained on. Methods are chosen by the training
split, with one exception: that clicks after clicks leave the mask which the model is told of as it is, while
those after a box correct it, was decided by these cases (it cost .03 at the fifth prompt). Every case is
played by the protocol of the interactive challenge of CVPR 2025: an opening prompt, then five corrections;
scores are taken after each of the six, on the volume's own grid. The opening click lies near the middle of
the structure (at least 0.75 of its greatest depth), the same for every method; each correction is a click on
the deepest point of the largest remaining error (for the methods that learned nothing: of their cube). This
reader knows the truth and never misses: people do worse.

- *end to end*: the exported graphs with the zoom policy and both walks of borders of the manifest, as served.
- *box, then clicks*: the same, opened by a box whose faces lie up to 5 % of the structure's side and a voxel
  too far out.
- *zoom from truth*: the first region's level follows from the true mask's size, its place from the click.
- *region growing*: confidence-connected (multiplier 2.5, 4 iterations).
- *random walker*: Grady 2006 (β = 3000), include clicks against exclude clicks and the border.
- *random walker, model as prior*: Grady 2005, the same, told of the probability that the model gives in its
  cube after the opening click; the weight of that (a chance of 1 / 600 a step) was chosen on two
  training cases.
- *geodesic*: what is nearer to an include click than to exclude clicks and the border, through the image.

Region growing, random walker and geodesic learned nothing. They, and the walker with a prior, work in the
cube of *zoom from truth*, which only the truth tells them.

Sets have equal weight in the mean; n cases a set. Below the mean is its 95 % interval, by bootstrap over the
patients of each set: it says how far other patients of the same sets may differ, not other structures or
scanners, and a set of one patient adds nothing to it. Sets marked † come from sources of which no volume was
trained on.
"""
UNET = """- *U-Net with prompts*: a 3D U-Net of the same number of operations as encoder and decoder together;
  clicks and its own last answer are further channels. All of it runs at every click. It was trained from
  scratch on samples of the same kinds (`configs/prompted_unet.yaml`; records are in `records/baselines/`):
  12,000 of them, while the model has seen some 52,000. It works in the cube of *zoom from truth*. Its CT was
  played as stored, not within -1000 to 1000 HU as it was trained: that changes one of the four cases.
"""
DICE = """## Dice after 1 / 3 / 5 prompts
"""
WHOLE = """## The whole interaction

Dice after the sixth prompt / area under the curve of Dice; normalised surface Dice (NSD, 2 mm) after 1 / 5
prompts / area under its curve. The area is by trapezoids over the six prompts, 0 to 1. A dash: the spacing of
these images is not known, so nothing can be measured in mm; means of NSD are of the other sets.
"""
KINDS = """## Kinds of prompts

No prompt may make the result worse than without it. For each way to prompt: mean Dice after 1 / 3 / 5
prompts, and what each prompt adds to the Dice of the same session without it, sets of equal weight; behind it
the share of the cases that lose more than 0.02. A mean loss is bold, and named in the last column.

- *end to end*: clicks, as above.
- *scribbles*: a straight stroke through the voxel that a click would hit, within the structure or the error,
  in one slice.
- *lassos*: about the cross-section of the structure or the error in that slice, some 3 % of its diameter off.
- *box, then clicks*: as above; *box and a click in it*: the second prompt is the opening click of *end to
  end*.
- *box in a slice*: about the structure's cross-section at that click; corrected by clicks.
- *box before the same click*: what the box adds to that click, against the click alone.
"""
SERVED = """## Served as evaluated

The same clicks, on the first case of each set, through the weights in PyTorch (float32), the graphs as
shipped (ONNX, large convolutions in integers) and the running server (HTTP, series stored by DICOMweb): Dice
after 1 / 3 / 5 clicks, and the least Dice of a mask with that of the graphs. The clicks correct the graphs'
answers. A dash: no series of CT or MR can be made of the images, or no server ran. From the log of
`python -m sam3d.evaluation.served`.
"""
GATE = """## Release gate

A default model that does not beat the random walker on every modality after 1, 3 and 5 prompts is not
released. Dice, sets of equal weight. The model chooses its region by itself; the random walker's follows from
the truth.
"""


def protocol(records: list[Record]) -> str:
    """What the columns are; the U-Net is one where it was played."""
    if all(record["method"] != PROMPTED_UNET for record in records):
        return PROTOCOL
    before, geodesic, after = PROTOCOL.partition("- *geodesic*")
    line, end, rest = after.partition("\n")
    return before + geodesic + line + end + UNET + rest


def results_tables(records: list[Record], served: list[Record] | None = None) -> str:
    compared = [record for record in records if record["method"] in COMPARED]
    return "\n".join(
        [
            DICE,
            table_of_sets(compared, [dice_of]),
            WHOLE,
            table_of_sets(compared, [whole_dice_of, nsd_of]),
            KINDS,
            prompt_kinds_table(records),
            SERVED,
            served_table(served or [], records[0].get("model")),
            GATE,
            gate_table(records),
        ]
    )


def are_results(records: list[Record]) -> bool:
    """Others are to choose methods by, or of patients that nobody has looked at."""
    return all(record["split"] == "dev" and record["passedOver"] == 0 for record in records)


def publish(path: Path, records: list[Record], served: list[Record] | None = None) -> None:
    """served: of the log of `served`. What are no results is printed instead. What other logs are
    the source of stays in the file."""
    if are_results(records):
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        text = f"{protocol(records)}\n{measured_with(records)}\n{results_tables(records, served)}"
        path.write_text(with_kept_sections(text, before, KEPT_SECTIONS), encoding="utf-8")
    else:
        print(results_tables(records))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--logs", type=Path, default=LOGS, help="their folder")
    parser.add_argument("--results", type=Path, default=Path("RESULTS.md"))
    arguments = parser.parse_args()
    records = read_log_if_any(arguments.logs / EVALUATION_LOG.name)
    if records:
        records += baseline_records(records)
        publish(arguments.results, records, read_log_if_any(arguments.logs / SERVED_LOG.name))
    for section in LOGGED_SECTIONS:
        own = read_log_if_any(arguments.logs / section.log)
        models = [str(name) for name in distinct((one for one in own if one.get("model")), "model")]
        if len(models) > 1:
            print(f"{section.log}: left out, since it is of {' and '.join(models)}: keep the lines of one")
        elif own and section.shows(own):
            write_section(arguments.results, section.text(own))
        elif own:
            print(f"{section.log}: left out, since it is of other patients than {section.title} shows")
    matrix_log = arguments.logs / MATRIX_LOG.name
    if matrix_log.exists():
        write_matrix(["--table", "--log", str(matrix_log), "--results", str(arguments.results)])


if __name__ == "__main__":
    main()
