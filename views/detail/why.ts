/** Why something is not as it should be: what, since when, the evidence, what is likely, and what to do now. */

import type { Acknowledgement } from '../../src/domain/acknowledge.ts';
import { timeText } from '../../src/domain/age.ts';
import { usualText } from '../../src/domain/explain/attention.ts';
import { failureTitle, operationTitle } from '../../src/domain/explain/title.ts';
import type { Explanation } from '../../src/domain/explain/types.ts';
import { API_KIND } from '../../src/domain/kinds.ts';
import { type DetailLine, field, section } from './line.ts';

function numbered(label: string, lines: readonly Omit<DetailLine, 'id' | 'label'>[]): DetailLine[] {
  return lines.map((line, index) => ({ ...line, id: `${label}/${index}`, label: index === 0 ? label : '' }));
}

/**
 * The section; nothing where there is nothing to explain. What to do stands before the evidence, which is long: on a small
 * screen it must be in sight without a key. It begins at the top, without a line before it.
 */
export function whyLines(explanation: Explanation | undefined, known?: Acknowledgement): DetailLine[] {
  if (!explanation) return [];
  const { id, mode, severity, asked, root, what, since, evidence, causes, next, remedies, consequences, usual } =
    explanation;
  const elsewhere = root.uid !== asked.uid;
  const lines: DetailLine[] = [
    { id: 'what', label: 'what', text: what, tone: severity, since },
    ...field('usually', usualText(usual)),
    ...(known === undefined
      ? []
      : [
          {
            id: 'known',
            label: 'known',
            text: `until ${timeText(known.until)}, to ${known.by}: ${known.reason}`,
            since: known.at,
          },
        ]),
    ...(elsewhere ? [{ id: 'cause', label: 'cause', text: `${API_KIND[root.kind]} ${root.name}`, ref: root }] : []),
    ...numbered(
      'likely',
      causes.map((text, index) => ({ text: causes.length === 1 ? text : `${index + 1}. ${text}` })),
    ),
    ...numbered(
      'what now',
      next.flatMap(({ text, command, place }) => [
        { text, ref: place?.uid === asked.uid ? undefined : place },
        ...(command === undefined ? [] : [{ text: `$ ${command}`, tone: 'plain' as const }]),
      ]),
    ),
    ...numbered(
      'helps (a)',
      remedies.map(({ operation, target }) => ({
        text: `${operationTitle(operation)} on ${API_KIND[target.kind]} ${target.name}`,
        ref: target.uid === asked.uid ? undefined : target,
      })),
    ),
    ...numbered(
      'follows',
      consequences.map(({ text, refs }) => ({ text, ref: refs.length === 1 ? refs[0] : undefined })),
    ),
    ...numbered(
      'evidence',
      evidence.map(({ of, says, message, at }) => ({
        text: `${of.uid === asked.uid ? '' : `${API_KIND[of.kind]} ${of.name}: `}${says}${message ? `: ${message}` : ''}`,
        since: at,
        ref: of.uid === asked.uid ? undefined : of,
      })),
    ),
  ];
  return section('WHY', lines, failureTitle(id, mode)).slice(1);
}
