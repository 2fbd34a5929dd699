import stringWidth from 'string-width';

/**
 * Characters that every terminal is known to draw in one cell: single code points without emoji forms, combining
 * marks or East Asian width. Of the ambiguous ones (box lines, blocks, arrows, Greek, Cyrillic) all are taken as
 * narrow, as Ink's layout takes them.
 */
const SIMPLE =
  /^[ -~\u00a1-\u00a8\u00aa-\u00ac\u00af-\u02ff\u0370-\u0377\u037a-\u037f\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u203b\u203d-\u2048\u204a-\u205e\u20a0-\u20bf\u2190-\u2193\u219a-\u21a8\u21ab-\u21ff\u2200-\u22ff\u2500-\u25a9\u25ac-\u25b5\u25b7-\u25bf\u25c1-\u25fa\u2713\u2717\u2800-\u28ff]*$/;

/** Direction marks and overrides, invisible fillers: they can make a line lie. */
const DECEIVING =
  /[\u061c\u200e\u200f\u202a-\u202e\u2060-\u206f\u115f\u1160\u3164\uffa0\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** No letter needs more; a longer cluster is a pile of combining marks. */
const LONGEST_CLUSTER = 32;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Whether the text holds only characters of certain width 1. */
export function isSimple(text: string): boolean {
  return SIMPLE.test(text);
}

/** One user-perceived character and the number of cells it takes. */
export interface Cluster {
  readonly text: string;
  readonly width: number;
  /** False where terminals may differ about the width. */
  readonly simple: boolean;
}

/**
 * Cuts text that holds no control characters into what takes cells; what takes none is left out. Half a surrogate pair
 * becomes U+FFFD, as it would on the way out.
 */
export function* clusters(text: string): Generator<Cluster> {
  const shown = text
    .toWellFormed()
    .replace(/[\u00a0\u2028\u2029]/g, ' ')
    .replace(DECEIVING, '');
  for (const { segment } of segmenter.segment(shown)) {
    if (isSimple(segment)) {
      yield { text: segment, width: 1, simple: true };
      continue;
    }
    const cluster = segment.length > LONGEST_CLUSTER ? String.fromCodePoint(segment.codePointAt(0)!) : segment;
    const width = stringWidth(cluster);
    if (width > 0) yield { text: cluster, width, simple: false };
  }
}
