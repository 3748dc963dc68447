import type { Request } from 'express';
import { parseAccept, type MediaType } from '../../formats/mediaType.ts';

/** A media type that the client takes, in multipart/related or by itself. */
export interface AcceptedMediaType {
  /** Of the parts, for multipart; may be a range such as `image/*`. */
  readonly type: string;
  readonly isMultipart: boolean;
  /** UID, `*`, or absent. */
  readonly transferSyntax?: string;
}

/** In falling preference; `accept` in the query goes before the header (PS3.18 8.3.3.1). Without either anything. */
export function acceptedMediaTypes(request: Request): readonly AcceptedMediaType[] {
  const { searchParams } = new URL(request.originalUrl, 'http://localhost');
  const value = searchParams.getAll('accept').join(',') || request.get('Accept') || '*/*';
  return parseAccept(value).map(accepted);
}

function accepted({ type, parameters }: MediaType): AcceptedMediaType {
  const isMultipart = type === 'multipart/related' || type === 'multipart/*';
  const transferSyntax = parameters.get('transfer-syntax');
  return {
    type: isMultipart ? (parameters.get('type')?.toLowerCase() ?? '*/*') : type,
    isMultipart,
    ...(transferSyntax !== undefined && { transferSyntax }),
  };
}

/** Whether a media range such as `image/*` takes a media type. */
export function takes(range: string, type: string): boolean {
  return range === '*/*' || range === type || (range.endsWith('/*') && type.startsWith(range.slice(0, -1)));
}
