"""Writes an uncompressed image as JPEG 2000, by OpenJPEG: encodeJpeg2000.py image quality → base64, as JSON.

The second file holds `lossless` or `lossy`.
"""

import base64
import io
import json
import sys
from pathlib import Path

from pydicom import dcmread
from pydicom.uid import JPEG2000, JPEG2000Lossless

LOSSY_RATIOS = [8]

ds = dcmread(sys.argv[1])
if Path(sys.argv[2]).read_text(encoding="utf-8") == "lossless":
    ds.compress(JPEG2000Lossless, encoding_plugin="pylibjpeg", generate_instance_uid=False)
else:
    ds.compress(JPEG2000, encoding_plugin="pylibjpeg", j2k_cr=LOSSY_RATIOS, generate_instance_uid=False)
written = io.BytesIO()
ds.save_as(written, enforce_file_format=True)
json.dump(base64.b64encode(written.getvalue()).decode(), sys.stdout)
