/** Where a DICOMweb archive is, and what to say to be let in. */
export interface ArchiveLocation {
  /** DICOMweb root without credentials and without a trailing slash. */
  readonly root: string;
  /** Value of the Authorization header, where the URL held a user and a password (which fetch refuses). */
  readonly authorization?: string;
}

/** @throws TypeError when it is not a URL */
export function archiveLocation(archiveUrl: string): ArchiveLocation {
  const url = new URL(archiveUrl);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const root = `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  if (username === '') return { root };
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { root, authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}
