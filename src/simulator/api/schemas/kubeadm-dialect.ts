/** The words in which both generations of the kubeadm configuration are written. */
import { type Fields, list, map, object, type Schema, some, string, text } from './schema.ts';

export type Generation = 'v1beta1' | 'v1beta2';

export interface Dialect {
  isNew: boolean;
  /** An optional object. */
  part(fields: Fields): Schema;
  /** A list of up to `max` items. */
  items(of: Schema, max: number): Schema;
  /** Fields of one generation only. */
  only(generation: Generation, fields: Fields): Fields;
}

export const dialect = (generation: Generation): Dialect => ({
  isNew: generation === 'v1beta2',
  part: generation === 'v1beta2' ? some : object,
  items: (of, max) => (generation === 'v1beta2' ? list(of, { min: 1, max, atomic: true }) : list(of, { max })),
  only: (one, fields) => (one === generation ? fields : {}),
});

/** Arguments of a component, by name. */
export const argumentsOf = ({ isNew }: Dialect): Schema =>
  isNew
    ? list(object({ 'name!': text(1, 256), 'value!': text(0, 1024) }), { min: 1, max: 100, keys: ['name', 'value'] })
    : map(string);

/** Only v1beta1 names kubeadm's own kinds inside. */
export const apiObject: Fields = { apiVersion: string, kind: string };
