/** Something that did not work, in words for the reader of the images. */
export interface Failure {
  readonly title: string;
  readonly detail: string;
  /** Whether doing the same again can help. */
  readonly retriable: boolean;
  /** For the administrator: finds the request in the server's log. */
  readonly requestId?: string;
}

/** The server said no: an RFC 9457 problem. */
export class RefusedByServer extends Error {
  override readonly name = 'RefusedByServer';
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly requestId?: string,
  ) {
    super(`${status} ${code}: ${detail}`);
  }
}

/** No answer arrived, so it is not known whether the server acted. */
export class NoAnswer extends Error {
  override readonly name: string = 'NoAnswer';
}

/** So long that it is for the reader to say whether to ask again: the server, or the way to it, may be silent for good. */
export class NoAnswerInTime extends NoAnswer {
  override readonly name = 'NoAnswerInTime';
}

/** The segmentation is not what the reader saw when asking for something; by now the reader sees it. */
export class ChangedMeanwhile extends Error {
  override readonly name = 'ChangedMeanwhile';
}

/** The segmentation that something was asked of is gone; by now the reader sees that nothing is there. */
export class DeletedMeanwhile extends Error {
  override readonly name = 'DeletedMeanwhile';
  /** @param isClick what was asked can begin a new segmentation */
  constructor(readonly isClick: boolean) {
    super('The segmentation was deleted');
  }
}

/** Something else has to be done first; the message says what. */
export class NotPossible extends Error {
  override readonly name = 'NotPossible';
}

/** The page went away before all clicks had reached the server: it is the reader's to say whether they still count. */
export class NotSentBefore extends Error {
  override readonly name = 'NotSentBefore';
  constructor(readonly clicks: number) {
    super(`${clicks} not sent`);
  }
}

const TRANSIENT_STATUS = new Set([408, 429, 502, 503, 504]);

/** True where asking again, unchanged, may well succeed in a moment. */
export function isTransient(error: unknown): boolean {
  if (error instanceof NoAnswerInTime) return false;
  if (error instanceof NoAnswer) return true;
  return error instanceof RefusedByServer && TRANSIENT_STATUS.has(error.status);
}

/** True where somebody has said no, and nothing has come of what was asked. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof NotPossible || error instanceof DeletedMeanwhile) return true;
  return error instanceof RefusedByServer && !isTransient(error) && error.status < 500;
}

/** @param code of the problem that the server answers */
export function isProblem(error: unknown, code: string): boolean {
  return error instanceof RefusedByServer && error.code === code;
}

export function failureOf(error: unknown): Failure {
  if (error instanceof NoAnswerInTime) {
    return {
      title: 'The Tomoclick server has not answered in time',
      detail: 'It may be at work, or away. Look whether it has done what you asked for, then try again.',
      retriable: true,
    };
  }
  if (error instanceof NoAnswer) {
    return {
      title: 'The Tomoclick server does not answer',
      detail: 'Check that it runs, and that this computer is connected to it, then try again.',
      retriable: true,
    };
  }
  if (error instanceof ChangedMeanwhile) {
    return {
      title: 'The segmentation has changed',
      detail:
        'Another window, or a click that was given up, had its effect. Look at what is shown now, then retry.',
      retriable: true,
    };
  }
  if (error instanceof DeletedMeanwhile) {
    const { isClick } = error;
    const next = isClick
      ? 'Your clicks wait here: retry begins a new segmentation with them, giving up forgets the first of them.'
      : 'Your next click begins a new one.';
    return {
      title: 'The segmentation was deleted',
      detail: `Another window or reader has deleted it from the server. ${next}`,
      retriable: isClick,
    };
  }
  if (error instanceof NotPossible) {
    return { title: 'This cannot be done now', detail: error.message, retriable: false };
  }
  if (error instanceof NotSentBefore) {
    return {
      title: error.clicks === 1 ? '1 click was not sent' : `${error.clicks} clicks were not sent`,
      detail: 'The page was closed first. Retry sends what was not sent; giving up forgets it.',
      retriable: true,
    };
  }
  if (error instanceof RefusedByServer) {
    const { title, detail, requestId } = error;
    // What is not of our server, as a proxy that wants somebody to sign in, may be gone the next time.
    const isForeign = error.code === 'unknown';
    const retriable = isForeign || isTransient(error) || error.status >= 500 || error.status === 409;
    return { title, detail, retriable, ...(requestId !== undefined && { requestId }) };
  }
  const detail = error instanceof Error ? error.message : String(error);
  return { title: 'The viewer could not show the result', detail, retriable: true };
}

/** Of a session, which keeps what it could not do. */
export function failureOfSession(error: unknown): Failure {
  const failure = failureOf(error);
  if (isProblem(error, 'series-changed')) {
    // The viewer shows the images that it found when the page was loaded.
    return {
      ...failure,
      detail: `${failure.detail} To do so, reload the page: it then shows the images that are there now.`,
    };
  }
  if (error instanceof NoAnswerInTime) {
    return {
      ...failure,
      detail:
        'Nothing is lost: your clicks wait here. It may still be fetching a large series, or be away: retry asks it ' +
        'again, and what it has done already is not done twice.',
    };
  }
  if (!(error instanceof NoAnswer)) return failure;
  return {
    ...failure,
    detail: 'Nothing is lost: your clicks wait here. Check that the server runs, then retry.',
  };
}
