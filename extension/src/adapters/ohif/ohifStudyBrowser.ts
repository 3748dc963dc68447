import type { StudyBrowser } from '../../ports/labelmapView.ts';
import type { ExtensionManager, Services } from '../../ports/ohif.ts';

/** OHIF's list of series. */
export function ohifStudyBrowser(
  { displaySetService }: Pick<Services, 'displaySetService'>,
  extensionManager: ExtensionManager,
): StudyBrowser {
  return {
    async showNewSeries(studyInstanceUID, seriesInstanceUID) {
      const [dataSource] = extensionManager.getActiveDataSource();
      if (!dataSource) return;
      // OHIF caches the study's metadata under a prefixed key, and itself forgets it under the bare one.
      dataSource.deleteStudyMetadataPromise(`${dataSource.getConfig().name}:${studyInstanceUID}`);
      const inView = displaySetService.getActiveDisplaySets();
      // OHIF lists whatever series it hears of, of whichever patient; a study that is opened later is read anew.
      if (!inView.some(({ StudyInstanceUID }) => StudyInstanceUID === studyInstanceUID)) return;
      await dataSource.retrieve.series.metadata({
        StudyInstanceUID: studyInstanceUID,
        filters: { seriesInstanceUID: [seriesInstanceUID] },
        madeInClient: true,
      });
    },
  };
}
