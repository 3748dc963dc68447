import type { ReactElement } from 'react';
import type { ExportFormat } from '../ports/segmentationApi.ts';

const FORMATS: readonly { readonly format: ExportFormat; readonly label: string; readonly title: string }[] =
  [
    { format: 'rtstruct', label: 'RTSTRUCT', title: 'Contours, for radiotherapy: a DICOM RT Structure Set' },
    { format: 'nifti', label: 'NIfTI', title: 'Voxels, for research: an image of segment numbers (.nii.gz)' },
  ];

/** Downloads of what is segmented, for those who leave DICOM SEG. */
export function ExportLinks(props: {
  /** Null while there is nothing to export. */
  readonly addressOf: (format: ExportFormat) => string | null;
}): ReactElement {
  return (
    <div className="tomoclick-exports">
      <span>Download</span>
      <span>
        {FORMATS.map(({ format, label, title }) => {
          const address = props.addressOf(format);
          return (
            <a
              key={format}
              {...(address === null
                ? { role: 'link', 'aria-disabled': true }
                : { href: address, download: '' })}
              title={title}
              data-cy={`tomoclick-export-${format}`}
            >
              {label}
            </a>
          );
        })}
      </span>
    </div>
  );
}
