import { useSyncExternalStore, type KeyboardEvent, type ReactElement } from 'react';
import type { PromptSessionRunner } from '../application/promptSessionRunner.ts';
import type { RunDesk } from '../application/runDesk.ts';
import type { Tomoclick } from '../tomoclick.ts';
import { promptKindsOf } from '../domain/modelInUse.ts';
import type { PromptKind } from '../domain/promptSession.ts';
import { seriesKeyOf } from '../domain/seriesKey.ts';
import type { StoredObject } from '../domain/storedObject.ts';
import { AdaptationNote } from './AdaptationNote.tsx';
import { AbsenceHint } from './AbsenceHint.tsx';
import { ActionBar } from './ActionBar.tsx';
import { DrawingHint } from './DrawingHint.tsx';
import { DrawingSwitch } from './DrawingSwitch.tsx';
import { ExportLinks } from './ExportLinks.tsx';
import { LearningParts } from './LearningParts.tsx';
import { ModelNotice } from './ModelNotice.tsx';
import { NoticeList } from './NoticeList.tsx';
import { panelStyle } from './panelStyle.ts';
import { PolaritySwitch } from './PolaritySwitch.tsx';
import { SaveButton } from './SaveButton.tsx';
import { SegmentList } from './SegmentList.tsx';
import { SizeControl } from './SizeControl.tsx';
import { SessionStatus } from './SessionStatus.tsx';
import { StoredSegmentations } from './StoredSegmentations.tsx';

/** Enter and space press what has the focus; the viewer would take them for hot keys. */
function keepPressingKeys(event: KeyboardEvent): void {
  if (event.key === 'Enter' || event.key === ' ') event.stopPropagation();
}

/** The side panel: what is segmented, what can be done next, and what is being waited for. */
export function SegmentsPanel({ tomoclick }: { readonly tomoclick: Tomoclick }): ReactElement {
  const { capabilities, series, stored } = useSyncExternalStore(tomoclick.subscribe, tomoclick.getShown);
  return (
    <div className="tomoclick" onKeyDown={keepPressingKeys} data-cy="tomoclick-panel">
      <style>{panelStyle}</style>
      {series.kind === 'open' ? (
        <SessionControls
          // What was asked of one series must not be answered on another.
          key={seriesKeyOf(series.runner.series)}
          runner={series.runner}
          seriesDescription={series.description}
          stored={stored}
          promptKinds={promptKindsOf(capabilities)}
          runs={tomoclick.desks.runs}
        />
      ) : (
        <AbsenceHint absence={series.kind} />
      )}
      <LearningParts tomoclick={tomoclick} />
      <ModelNotice capabilities={capabilities} />
    </div>
  );
}

function SessionControls(props: {
  readonly runner: PromptSessionRunner;
  readonly seriesDescription: string;
  readonly stored: readonly StoredObject[];
  readonly promptKinds: readonly PromptKind[];
  readonly runs: RunDesk;
}): ReactElement {
  const { runner, seriesDescription, stored, promptKinds, runs } = props;
  const session = useSyncExternalStore(runner.subscribe, runner.getSession);
  const { run } = useSyncExternalStore(runs.subscribe, runs.getState);
  return (
    <>
      <div className="tomoclick-series" title={seriesDescription}>
        {seriesDescription}
      </div>
      <section>
        <DrawingSwitch
          drawing={session.drawing}
          offered={promptKinds}
          onChange={drawing => runner.setDrawing(drawing)}
        />
        <PolaritySwitch polarity={session.polarity} onChange={polarity => runner.setPolarity(polarity)} />
        <DrawingHint drawing={session.drawing} />
      </section>
      <SegmentList session={session} runner={runner} />
      <SizeControl session={session} runner={runner} offered={promptKinds} />
      <AdaptationNote session={session} runner={runner} />
      <ActionBar session={session} runner={runner} />
      <div className="tomoclick-told">
        <SessionStatus session={session} runner={runner} />
        <NoticeList notices={session.notices} onDismiss={notice => runner.dismissNotice(notice)} />
      </div>
      <SaveButton session={session} onSave={() => runner.save()} />
      <StoredSegmentations {...{ stored, session, runner }} isRunning={run !== null} />
      <ExportLinks addressOf={format => runner.exportAddress(format)} />
    </>
  );
}
