import type { Dispatcher } from 'undici';

const MOVED = [301, 302];
/** The same, and the method may not change. */
const MOVED_AS_IT_IS = 308;

/**
 * A POST that is redirected stays one. For historical reasons clients make a GET of it (RFC 9110 15.4.2), which succeeds
 * where the study is there already, and stores nothing.
 */
export const postRedirection: Dispatcher.DispatcherComposeInterceptor = dispatch => (options, handler) =>
  dispatch(options, options.method === 'POST' ? movedAsItIs(handler) : handler);

function movedAsItIs(handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler {
  return {
    onRequestStart: (...said) => handler.onRequestStart?.(...said),
    onRequestUpgrade: (...said) => handler.onRequestUpgrade?.(...said),
    onResponseStart: (controller, status, ...said) =>
      handler.onResponseStart?.(controller, MOVED.includes(status) ? MOVED_AS_IT_IS : status, ...said),
    onResponseData: (...said) => handler.onResponseData?.(...said),
    onResponseEnd: (...said) => handler.onResponseEnd?.(...said),
    onResponseError: (...said) => handler.onResponseError?.(...said),
  };
}
