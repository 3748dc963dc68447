"""What a checkpoint is, and how to go on with it: python -m sam3d.identify sam_vit_b_01ec64.pth

Takes .pth, .pt and .safetensors of SAM, MedSAM, MobileSAM and SAM-Med3D. Nothing that the file holds is run.
"""

import argparse
import sys
from pathlib import Path

from sam3d.checkpoints.identification import identified, shapes_of
from sam3d.checkpoints.read import UnreadableCheckpoint, read_checkpoint
from sam3d.checkpoints.report import report_of, unknown_report


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    path: Path = parser.parse_args().file
    try:
        shapes = shapes_of(read_checkpoint(path))
    except UnreadableCheckpoint as error:
        print(error, file=sys.stderr)
        return 2
    found = identified(shapes)
    print(unknown_report(shapes) if found is None else report_of(found, path))
    return 1 if found is None else 0


if __name__ == "__main__":
    sys.exit(main())
