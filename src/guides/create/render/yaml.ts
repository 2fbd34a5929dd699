/** Objects as the text of a manifest: the same bytes for the same objects, always. */
import { stringify } from 'yaml';
import type { Raw } from '../../../operations/contract.ts';

/** Documents in their order, keys in theirs. */
export function yamlOf(objects: readonly Raw[]): string {
  return objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n');
}
