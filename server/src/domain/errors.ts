/** Code, HTTP status and title of every problem that a caller can meet; `docs` and tests follow this table. */
export const PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'Sign in first' },
  forbidden: { status: 403, title: 'Not allowed' },
  'not-found': { status: 404, title: 'Nothing is here' },
  'series-not-found': { status: 404, title: 'The series is not in the archive' },
  'model-not-found': { status: 404, title: 'The model is not in the zoo' },
  'segmentation-not-found': { status: 404, title: 'The segmentation does not exist' },
  'segment-not-found': { status: 404, title: 'The segment does not exist' },
  'adaptation-not-found': { status: 404, title: 'The adaptation job does not exist' },
  'online-adaptation-not-found': { status: 404, title: 'Nothing was learned under this id' },
  'task-not-found': { status: 404, title: 'The task does not exist' },
  'task-run-not-found': { status: 404, title: 'The run is not known' },
  'exemplar-set-not-found': { status: 404, title: 'The exemplar set does not exist' },
  'annotation-ranking-not-found': { status: 404, title: 'The ranking does not exist' },
  'not-acceptable': { status: 406, title: 'No representation fits the Accept header' },
  'edit-conflict': { status: 409, title: 'The segmentation was changed meanwhile' },
  'series-changed': { status: 409, title: 'The series has other images than before' },
  'lease-lost': { status: 409, title: 'The job does not belong to this worker any more' },
  'worker-outdated': { status: 409, title: 'The training worker does not fit the server' },
  'wrong-state': { status: 409, title: 'This cannot be done in the state it is in' },
  'nothing-to-undo': { status: 409, title: 'There is nothing to undo or redo' },
  gone: { status: 410, title: 'The resource is gone' },
  'precondition-failed': { status: 412, title: 'The segmentation has another version' },
  'payload-too-large': { status: 413, title: 'The request is too large' },
  'unsupported-media-type': { status: 415, title: 'The media type is not supported' },
  'unsupported-geometry': { status: 422, title: 'The series does not form a volume' },
  'unsupported-pixel-data': { status: 422, title: 'The pixel data cannot be read' },
  'series-too-large': { status: 422, title: 'The series is too large' },
  'frame-of-reference-mismatch': { status: 422, title: 'The Frame of Reference differs' },
  'prompt-outside-volume': { status: 422, title: 'The prompt lies outside the volume' },
  'model-not-for-modality': { status: 422, title: 'The model does not serve this modality' },
  'model-not-adaptable': { status: 422, title: 'The model cannot learn tasks' },
  'unsuitable-cases': { status: 422, title: 'The cases are unsuitable' },
  'adaptation-leak': { status: 422, title: 'The patients cannot be kept apart' },
  'invalid-task-package': { status: 422, title: 'The task package is not valid' },
  'unsupported-segmentation': { status: 422, title: 'The segmentation cannot be opened' },
  'segments-overlap': { status: 422, title: 'The segments overlap' },
  'empty-segmentation': { status: 422, title: 'There is nothing to store' },
  locked: { status: 423, title: 'The segmentation is locked' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  cancelled: { status: 499, title: 'The request was cancelled' },
  'internal-error': { status: 500, title: 'Something failed inside the server' },
  'inference-failed': { status: 500, title: 'The model failed' },
  'archive-rejected': { status: 502, title: 'The archive refused the object' },
  'archive-unreachable': { status: 502, title: 'The archive cannot be reached' },
  overloaded: { status: 503, title: 'The server is busy' },
  'archive-timeout': { status: 504, title: 'The archive did not answer in time' },
  'storage-full': { status: 507, title: 'The disk of the server is full' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

/** A failure that the caller is told about. `detail` says what to do; `facts` are safe to show. */
export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly facts: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(`${code}: ${detail}`, options);
  }
}

export class FrameOfReferenceMismatchError extends Problem {
  constructor(facts: { expected: string; actual: string }) {
    super('frame-of-reference-mismatch', 'Send positions in the Frame of Reference of the series.', facts);
  }
}
