import { resolve } from 'node:path';
import { z } from 'zod';

/** Absent: the server's own. */
const limitSchema = z.coerce.number().int().min(1).optional();
/** PS3.5 section 9.1; what follows it has to fit in, too (LONGEST_UID_ROOT of `domain/uid`). */
const uidRootSchema = z
  .string()
  .max(32)
  .regex(/^[0-2](\.(0|[1-9]\d*))+$/, 'must be the root of DICOM UIDs');
const MEGABYTE = 1024 ** 2;
/** In MB: no longer text can be held in one piece. */
const LONGEST_REPLY = 500;

const environmentSchema = z
  .object({
    TOMOCLICK_PORT: z.coerce.number().int().min(0).max(65535).default(3000),
    TOMOCLICK_HOST: z.string().min(1).default('127.0.0.1'),
    TOMOCLICK_HOME: z.string().min(1).default('.tomoclick'),
    TOMOCLICK_ARCHIVE_URL: z.url({ protocol: /^https?$/ }).optional(),
    TOMOCLICK_MODELS: z.string().min(1).default('models/zoo'),
    TOMOCLICK_SEG_TYPE: z.enum(['BINARY', 'LABELMAP']).default('BINARY'),
    TOMOCLICK_SEG_COMPRESSION: z.enum(['none', 'deflate', 'rle']).default('none'),
    TOMOCLICK_SEG_FRAMES: z.enum(['non-empty', 'all']).default('non-empty'),
    TOMOCLICK_UID_ROOT: uidRootSchema.optional(),
    TOMOCLICK_WORKER_TOKEN: z.string().min(16).optional(),
    TOMOCLICK_INTENDED_USE: z.string().max(200).default('Research use only. Not for diagnosis or treatment.'),
    TOMOCLICK_ONLINE_ADAPTATION: z.enum(['on', 'off']).default('on'),
    TOMOCLICK_MAX_VOXELS: limitSchema,
    TOMOCLICK_MAX_FRAMES: limitSchema,
    TOMOCLICK_MAX_SERIES_MB: limitSchema,
    TOMOCLICK_MAX_HEADER_MB: limitSchema,
    TOMOCLICK_MAX_REPLY_MB: z.coerce.number().int().min(1).max(LONGEST_REPLY).optional(),
  })
  .refine(values => values.TOMOCLICK_SEG_TYPE === 'LABELMAP' || values.TOMOCLICK_SEG_COMPRESSION !== 'rle', {
    path: ['TOMOCLICK_SEG_COMPRESSION'],
    message: 'rle is for LABELMAP',
  });

export interface Config {
  readonly port: number;
  readonly host: string;
  /** Absolute path of the data folder. */
  readonly home: string;
  /** DICOMweb root of a PACS, without a trailing slash; absent: the embedded archive. */
  readonly archiveUrl?: string;
  /** Of what the PACS answers to a search, or as metadata; absent: the server's own limit. */
  readonly maxReplyBytes?: number;
  /** Absolute path of the model zoo. */
  readonly models: string;
  /** How segmentations are stored in the archive. */
  readonly segmentationFormat: {
    readonly segmentationType: 'BINARY' | 'LABELMAP';
    readonly compression: 'none' | 'deflate' | 'rle';
    readonly frames: 'non-empty' | 'all';
  };
  /** Organisation's root, below which new UIDs lie; absent: below 2.25. */
  readonly uidRoot?: string;
  /** What training workers must show; absent: they are not asked, as nobody on loopback is. */
  readonly workerToken?: string;
  /** Said with every model and task. */
  readonly intendedUse: string;
  /** Accepted corrections teach, and what they have taught has its say. */
  readonly learnsOnline: boolean;
  /** What a series may have at most; absent: the server's own limit. */
  readonly limits: {
    readonly maxVoxels?: number;
    readonly maxFrames?: number;
    readonly maxBytes?: number;
    readonly maxHeaderBytes?: number;
  };
}

/**
 * The only reader of the environment. Empty variables count as absent.
 * @throws Error that names every variable that is wrong.
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = environmentSchema.safeParse(present);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The environment is not valid. ${faults.join('; ')}`);
  }
  const values = parsed.data;
  return Object.freeze({
    port: values.TOMOCLICK_PORT,
    host: values.TOMOCLICK_HOST,
    home: resolve(values.TOMOCLICK_HOME),
    ...(values.TOMOCLICK_ARCHIVE_URL && { archiveUrl: values.TOMOCLICK_ARCHIVE_URL.replace(/\/+$/, '') }),
    ...(values.TOMOCLICK_MAX_REPLY_MB !== undefined && {
      maxReplyBytes: values.TOMOCLICK_MAX_REPLY_MB * MEGABYTE,
    }),
    models: resolve(values.TOMOCLICK_MODELS),
    segmentationFormat: {
      segmentationType: values.TOMOCLICK_SEG_TYPE,
      compression: values.TOMOCLICK_SEG_COMPRESSION,
      frames: values.TOMOCLICK_SEG_FRAMES,
    },
    ...(values.TOMOCLICK_UID_ROOT !== undefined && { uidRoot: values.TOMOCLICK_UID_ROOT }),
    ...(values.TOMOCLICK_WORKER_TOKEN !== undefined && { workerToken: values.TOMOCLICK_WORKER_TOKEN }),
    intendedUse: values.TOMOCLICK_INTENDED_USE,
    learnsOnline: values.TOMOCLICK_ONLINE_ADAPTATION === 'on',
    limits: limitsOf(values),
  });
}

function limitsOf(values: z.infer<typeof environmentSchema>): Config['limits'] {
  const { TOMOCLICK_MAX_VOXELS: maxVoxels, TOMOCLICK_MAX_FRAMES: maxFrames } = values;
  const { TOMOCLICK_MAX_SERIES_MB: seriesMb, TOMOCLICK_MAX_HEADER_MB: headerMb } = values;
  return {
    ...(maxVoxels !== undefined && { maxVoxels }),
    ...(maxFrames !== undefined && { maxFrames }),
    ...(seriesMb !== undefined && { maxBytes: seriesMb * MEGABYTE }),
    ...(headerMb !== undefined && { maxHeaderBytes: headerMb * MEGABYTE }),
  };
}
