/** The one door to ink-table: small bordered tables that do not scroll. Live lists have a table of their own. */

import Imported from 'ink-table';
import type { ComponentType } from 'react';

interface InkTableProps {
  data: Record<string, string>[];
}

// The package is CommonJS: the bundle hands over its exports object, the tests the default export itself.
const unwrapped = (Imported as unknown as { default?: ComponentType<InkTableProps> }).default ?? Imported;

/** A table with a border and a heading made of the keys of `data`. Every row costs two lines. */
export const BorderedTable = unwrapped as unknown as ComponentType<InkTableProps>;
