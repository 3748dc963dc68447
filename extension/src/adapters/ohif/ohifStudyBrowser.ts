import type { StudyBrowser } from '../../ports/labelmapView.ts';
import type { ExtensionManager } from '../../ports/ohif.ts';

/** OHIF's list of series. */
export function ohifStudyBrowser(extensionManager: ExtensionManager): StudyBrowser {
  return {
    async showNewSeries(studyInstanceUID, seriesInstanceUID) {
      const [dataSource] = extensionManager.getActiveDataSource();
      if (!dataSource) return;
      // OHIF caches the study's metadata under a prefixed key, and itself forgets it under the bare one.
      dataSource.deleteStudyMetadataPromise(`${dataSource.getConfig().name}:${studyInstanceUID}`);
      await dataSource.retrieve.series.metadata({
        StudyInstanceUID: studyInstanceUID,
        filters: { seriesInstanceUID: [seriesInstanceUID] },
        madeInClient: true,
      });
    },
  };
}
