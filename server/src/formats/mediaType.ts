/** A media type (RFC 9110 8.3.1): `type/subtype` in lower case, parameters by lower-case name. */
export interface MediaType {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const TYPE = /^\s*([!#$%&'*+.^_`|~\w-]+\/[!#$%&'*+.^_`|~\w-]+)\s*/;
// Some DICOMweb clients leave out the quotes around `application/dicom`: a bare value runs to the next semicolon.
const PARAMETER = /^;\s*([!#$%&'*+.^_`|~\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^";,]*))\s*/;

/** `undefined` when the value is not a media type. */
export function parseMediaType(value: string): MediaType | undefined {
  const head = TYPE.exec(value);
  if (!head?.[1]) return undefined;
  const parameters = new Map<string, string>();
  let rest = value.slice(head[0].length);
  while (rest !== '') {
    const match = PARAMETER.exec(rest);
    if (!match?.[1]) return rest.trim() === ';' ? { type: head[1].toLowerCase(), parameters } : undefined;
    const text = match[2]?.replace(/\\(.)/g, '$1') ?? match[3]?.trim() ?? '';
    parameters.set(match[1].toLowerCase(), text);
    rest = rest.slice(match[0].length);
  }
  return { type: head[1].toLowerCase(), parameters };
}

/** The entries of an Accept header in falling preference (`q`, then as written); those with q=0 are left out. */
export function parseAccept(value: string): readonly MediaType[] {
  return splitOutsideQuotes(value)
    .map(entry => parseMediaType(entry))
    .filter(entry => entry !== undefined)
    .map(entry => ({ entry, quality: Number(entry.parameters.get('q') ?? 1) }))
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ entry }) => entry);
}

function splitOutsideQuotes(value: string): readonly string[] {
  return value.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g) ?? [];
}
