import { YAML_TYPE } from '../bodies.ts';
import { ApiError, badRequest, notAcceptable } from '../errors.ts';

/** How objects are shown in an answer. */
export type Shape = 'object' | 'partial' | 'partialList' | 'table';

export interface Representation {
  shape: Shape;
  /** Of a Table's rows. */
  includeObject: 'Metadata' | 'Object' | 'None';
  /** With what is not kept with objects: who has written what of them. */
  whole?: boolean;
  /** With the times that templates do not have: see `tellsTemplateTimes`. */
  times?: boolean;
}

interface MediaRange {
  type: string;
  parameters: Map<string, string>;
}

/** Media ranges of an Accept header, the preferred first. */
export function mediaRanges(accept: string): MediaRange[] {
  const ranges = (accept || '*/*').split(',').map((part) => {
    const [type = '', ...rest] = part.split(';').map((piece) => piece.trim());
    const parameters = new Map<string, string>();
    for (const parameter of rest) {
      const [key = '', value = ''] = parameter.split('=');
      parameters.set(key.trim().toLowerCase(), value.trim());
    }
    return { type: type.toLowerCase(), parameters, quality: Number(parameters.get('q') ?? 1) };
  });
  return ranges.sort((a, b) => b.quality - a.quality);
}

const JSON_RANGES = new Set(['application/json', 'application/*', '*/*']);

const SHAPES: Record<string, Shape> = {
  Table: 'table',
  PartialObjectMetadata: 'partial',
  PartialObjectMetadataList: 'partialList',
};

/** In which format an Accept header wants to be answered, of those that are spoken; undefined where in none. */
export function formatOf(accept: string): 'json' | 'yaml' | undefined {
  const type = mediaRanges(accept).find(({ type }) => isSpoken(type))?.type;
  return type === undefined ? undefined : type === YAML_TYPE ? 'yaml' : 'json';
}

const isSpoken = (type: string): boolean => JSON_RANGES.has(type) || type === YAML_TYPE;

/** Whether an Accept header asks for JSON that people can read. */
export const wantsPretty = (accept: string): boolean =>
  mediaRanges(accept)
    .find(({ type }) => isSpoken(type))
    ?.parameters.get('pretty') === '1';

/**
 * Chooses the representation of an answer from the Accept header and `includeObject`. Throws 406 where nothing that
 * is asked for can be given. JSON and YAML are spoken here: what is said in them is the same.
 */
export function negotiate(accept: string, query: URLSearchParams): Representation {
  for (const { type, parameters } of mediaRanges(accept)) {
    if (!isSpoken(type)) continue;
    const as = parameters.get('as');
    if (as === undefined) return { shape: 'object', includeObject: 'Metadata' };
    const shape = Object.hasOwn(SHAPES, as) ? SHAPES[as] : undefined;
    if (shape === undefined || parameters.get('g') !== 'meta.k8s.io' || parameters.get('v') !== 'v1') continue;
    return { shape, includeObject: shape === 'table' ? includeObject(query) : 'Metadata' };
  }
  throw notAcceptable(['application/json', YAML_TYPE]);
}

function includeObject(query: URLSearchParams): Representation['includeObject'] {
  const asked = query.get('includeObject') ?? '';
  switch (asked) {
    case '':
    case 'Metadata':
      return 'Metadata';
    case 'Object':
    case 'None':
      return asked;
    default:
      throw badRequest(
        `Unable to convert to Table as requested: includeObject: Invalid value: "${asked}": must be 'Metadata', 'Object', 'None', or empty`,
      );
  }
}

/** Refuses a list's representation for one object and the other way round, as the real server does. */
export function checkShape(shape: Shape, wanted: 'one' | 'list'): void {
  if (wanted === 'list' && shape === 'partial') {
    throw new ApiError(406, 'NotAcceptable', 'you requested PartialObjectMetadata, but the requested object is a list');
  }
  if (wanted === 'one' && shape === 'partialList') {
    throw new ApiError(
      406,
      'NotAcceptable',
      'you requested PartialObjectMetadataList, but the requested object is not a list',
    );
  }
}
