/**
 * Where the viewer shows a series in the mode that is open. OHIF names the study, and the series that the planes are to
 * show first.
 */
export function viewerAddress(
  { pathname, search }: Pick<Location, 'pathname' | 'search'>,
  studyInstanceUID: string,
  seriesInstanceUID: string,
): string {
  const parameters = new URLSearchParams(search);
  for (const name of [...parameters.keys()]) {
    if (
      /^(studyinstanceuids|seriesinstanceuids|initialseriesinstanceuid|initialsopinstanceuid)$/i.test(name)
    ) {
      parameters.delete(name);
    }
  }
  parameters.set('StudyInstanceUIDs', studyInstanceUID);
  parameters.set('initialSeriesInstanceUID', seriesInstanceUID);
  return `${pathname}?${parameters.toString()}`;
}
