/** Label selectors: k8s.io/apimachinery/pkg/apis/meta/v1/validation. */

import { type Cause, cause } from '../../errors.ts';
import { keyFaults, labelFaults } from '../../kinds/names.ts';
import { type Fields, fieldsOf, labelCauses, records, texts } from '../tools.ts';

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

/** What is wrong with a selector. */
export function selectorCauses(field: string, selector: unknown): Cause[] {
  const given = fieldsOf(selector);
  return [
    ...labelCauses(`${field}.matchLabels`, given['matchLabels']),
    ...records(given['matchExpressions']).flatMap((one, at) => requirement(`${field}.matchExpressions[${at}]`, one)),
  ];
}

function requirement(field: string, { key, operator, values }: Fields): Cause[] {
  const listed = texts(values);
  const several = operator === 'In' || operator === 'NotIn';
  const found: Cause[] = [];
  if (several && listed.length === 0) {
    found.push(cause.required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
  } else if (!several && OPERATORS.includes(String(operator)) && listed.length > 0) {
    found.push(
      cause.forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
    );
  } else if (!OPERATORS.includes(String(operator))) {
    found.push(cause.invalid(`${field}.operator`, operator, 'not a valid selector operator'));
  }
  for (const why of keyFaults(String(key ?? ''))) found.push(cause.invalid(`${field}.key`, String(key ?? ''), why));
  listed.forEach((value, at) => {
    for (const why of labelFaults(value)) found.push(cause.invalid(`${field}.values[${at}]`, value, why));
  });
  return found;
}

/** Whether it means everything: nothing is asked for. */
export const isEmpty = (selector: unknown): boolean => {
  const given = fieldsOf(selector);
  return Object.keys(fieldsOf(given['matchLabels'])).length === 0 && records(given['matchExpressions']).length === 0;
};

/** Whether a selector can be read at all. */
export const isReadable = (selector: unknown): boolean => selectorCauses('', selector).length === 0;

/** Whether labels are what a selector asks for. */
export function selects(selector: unknown, labels: Fields): boolean {
  const given = fieldsOf(selector);
  const plain = Object.entries(fieldsOf(given['matchLabels'])).every(([key, value]) => labels[key] === value);
  return (
    plain &&
    records(given['matchExpressions']).every(({ key, operator, values }) => {
      const value = labels[String(key)];
      const listed = value !== undefined && texts(values).includes(String(value));
      if (operator === 'In') return listed;
      if (operator === 'NotIn') return !listed;
      return (operator === 'Exists') === (value !== undefined);
    })
  );
}
