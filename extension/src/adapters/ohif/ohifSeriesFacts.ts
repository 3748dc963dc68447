import { firstOf } from '../../domain/firstOf.ts';
import type { DescribedSeries, SeriesFacts } from '../../domain/labelledCase.ts';
import { madeAtOf } from '../../domain/storedObject.ts';
import type { ArchiveSeries } from '../../ports/archiveSeries.ts';
import type { ExtensionManager, FoundSeries, FoundStudy } from '../../ports/ohif.ts';
import type { SeriesFactsSource } from '../../ports/seriesFacts.ts';
import type { VolumeLabelOf } from './volumeLabels.ts';

interface StudyFacts {
  readonly study: FoundStudy;
  readonly series: readonly FoundSeries[];
}

/** Archives limit how much they list at once. */
const STUDIES_A_PAGE = 100;

/** Asks the data source that the viewer shows studies of, once a study. */
export function ohifSeriesFacts(
  extensionManager: ExtensionManager,
  volumeLabelOf: VolumeLabelOf,
): SeriesFactsSource & ArchiveSeries {
  const known = new Map<string, Promise<StudyFacts | null>>();

  async function search(studyInstanceUID: string): Promise<StudyFacts | null> {
    const [dataSource] = extensionManager.getActiveDataSource();
    if (!dataSource) return null;
    const [[study], series] = await Promise.all([
      dataSource.query.studies.search({ studyInstanceUid: studyInstanceUID }),
      dataSource.query.series.search(studyInstanceUID),
    ]);
    return study ? { study, series } : null;
  }

  function factsOf(studyInstanceUID: string): Promise<StudyFacts | null> {
    const present = known.get(studyInstanceUID);
    if (present) return present;
    const asked = search(studyInstanceUID).catch(() => null);
    known.set(studyInstanceUID, asked);
    // What was not found may come to be there.
    void asked.then(facts => facts ?? known.delete(studyInstanceUID));
    return asked;
  }

  return {
    async describe({ studyInstanceUID, seriesInstanceUID, image }) {
      const volume = image && volumeLabelOf(image);
      const facts = await factsOf(studyInstanceUID);
      if (!facts) return null;
      const found = facts.series.find(series => series.seriesInstanceUid === seriesInstanceUID);
      return { ...seriesFactsOf(facts.study, found), ...(volume && { volume }) };
    },
    async list(mostStudies) {
      const [dataSource] = extensionManager.getActiveDataSource();
      if (!dataSource) return { items: [], isAll: true };
      const { items: studies, isAll } = await firstOf(mostStudies, STUDIES_A_PAGE, page =>
        dataSource.query.studies.search(page),
      );
      const described: DescribedSeries[] = [];
      // One after the other: the archive serves readers, too.
      for (const { studyInstanceUid } of studies) {
        const facts = await factsOf(studyInstanceUid);
        if (!facts) continue;
        for (const series of facts.series) {
          described.push({
            ...{ studyInstanceUID: studyInstanceUid, seriesInstanceUID: series.seriesInstanceUid },
            facts: seriesFactsOf(facts.study, series),
          });
        }
      }
      return { items: described, isAll };
    },
  };
}

function seriesFactsOf(study: FoundStudy, series: FoundSeries | undefined): SeriesFacts {
  return {
    patientName: study.patientName ?? '',
    patientID: study.mrn ?? '',
    birthDate: madeAtOf(study.patientBirthDate, undefined),
    studyDate: madeAtOf(study.date, undefined),
    studyDescription: study.description ?? '',
    seriesDescription: series?.description ?? '',
    modality: series?.modality ?? '',
  };
}
