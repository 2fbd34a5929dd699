/** What `metaldeck run` says by itself. */
import { describe, expect, it } from 'vitest';
import { operationsData, operationsText, usageOf } from '../../src/app/run-list.ts';
import { operationNamed, operations } from '../../src/operations/index.ts';

describe('metaldeck run alone', () => {
  const text = operationsText(operations);

  it('lists every operation with its targets and fields, in lines that fit a narrow terminal', () => {
    for (const { id, about } of operations) {
      expect(text).toMatch(new RegExp(`^  ${id} .*${about.slice(0, 20)}`, 'm'));
    }
    expect(text).toContain('metaldeck run scale deployment|controlPlane/NAME --replicas N');
    expect(text).toContain('metaldeck run remove machine/NAME...');
    expect(text).toContain('metaldeck run move deployment/NAME --pool CHOICE [--template TEXT]');
    expect(text).toContain('metaldeck run bootstrap deployment/NAME --document @FILE [--name TEXT]');
    expect(text).toContain('metaldeck run pool-add pool/NAME --host LINE...');
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('is data where data is asked for', () => {
    const data = operationsData(operations);
    expect(data).toMatchObject({ schema: 'metaldeck.run/v1', exitCode: 0 });
    expect(data.operations.map(({ id }) => id)).toEqual(operations.map(({ id }) => id));
    expect(data.operations.find(({ id }) => id === 'move')).toMatchObject({
      targets: ['deployment'],
      many: false,
      fields: [
        { flag: 'pool', kind: 'choice', optional: false },
        { flag: 'template', kind: 'text', optional: true },
      ],
    });
  });

  it('says how one is used where its target is left out', () => {
    expect(usageOf(operationNamed('restart')!)).toBe('metaldeck run restart deployment|controlPlane/NAME');
  });
});
