"""Prints a DICOM SR measurement report (TID 1500) as highdicom and pydicom see it.

    python readMeasurementReport.py FILE

JSON on stdout: {"modality", "patientName", "studyInstanceUID", "evidence": {series: [instance, ...]},
"groups": [{"trackingIdentifier", "trackingUID", "finding", "category", "sites": [[meaning, side], ...],
"referencedSegment": {"sopInstanceUID", "segmentNumber", "sourceSeriesInstanceUID"},
"measurements": [[name, derivation, value, unit], ...]}]}.
"""

import json
import sys

import highdicom as hd
import pydicom


def meaning(code: hd.sr.CodedConcept | None) -> str | None:
    return None if code is None else code.meaning


def read_group(group: hd.sr.VolumetricROIMeasurementsAndQualitativeEvaluations) -> dict:
    segment = group.referenced_segment
    referenced = next(item for item in segment if item.ValueType == "IMAGE").ReferencedSOPSequence[0]
    return {
        "trackingIdentifier": group.tracking_identifier,
        "trackingUID": str(group.tracking_uid),
        "finding": meaning(group.finding_type),
        "category": meaning(group.finding_category),
        "sites": [[meaning(site.value), meaning(site.laterality)] for site in group.finding_sites],
        "referencedSegment": {
            "sopInstanceUID": str(segment.referenced_sop_instance_uid),
            "segmentNumber": int(referenced.ReferencedSegmentNumber),
            "sourceSeriesInstanceUID": str(segment.source_series_for_segmentation.value),
        },
        "measurements": [
            [measurement.name.meaning, meaning(measurement.derivation), measurement.value, measurement.unit.value]
            for measurement in group.get_measurements()
        ],
    }


def main(path: str) -> None:
    pydicom.config.settings.reading_validation_mode = pydicom.config.RAISE
    report = hd.sr.srread(path)
    if not isinstance(report, hd.sr.Comprehensive3DSR):
        raise TypeError(f"not a Comprehensive 3D SR but a {type(report).__name__}")
    result = {
        "modality": report.Modality,
        "patientName": str(report.PatientName),
        "studyInstanceUID": str(report.StudyInstanceUID),
        "evidence": {
            str(series.SeriesInstanceUID): [
                str(instance.ReferencedSOPInstanceUID) for instance in series.ReferencedSOPSequence
            ]
            for study in report.CurrentRequestedProcedureEvidenceSequence
            for series in study.ReferencedSeriesSequence
        },
        "groups": [read_group(group) for group in report.content.get_volumetric_roi_measurement_groups()],
    }
    json.dump(result, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main(sys.argv[1])
