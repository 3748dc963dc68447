export const MODE_ID = '@tomoclick/mode';
export const ROUTE_NAME = 'tomoclick';
