import { describe, expect, it } from 'vitest';
import { Holdings } from '../../../src/kube/reflector/holdings.ts';
import type { ItemRef } from '../../../src/kube/reflector/source.ts';

const raw = (name: string, revision: string | number, uid = `uid-${name}`, more: object = {}) => ({
  metadata: { uid, name, namespace: 'ns', resourceVersion: String(revision) },
  ...more,
});

type Raw = ReturnType<typeof raw> & { bad?: boolean; hidden?: boolean };

function holdings(cap?: number) {
  const broken: ItemRef[] = [];
  const held = new Holdings<string>({
    cap,
    project(object) {
      const { bad, hidden, metadata } = object as Raw;
      if (bad) throw new Error('cannot be read');
      return hidden ? undefined : `${metadata.name}@${metadata.resourceVersion}`;
    },
    onBroken: (ref) => broken.push(ref),
  });
  /** What is delivered, in short. */
  const told = () => {
    const changes = held.pending().map((change) => (change.type === 'set' ? `+${change.object}` : `-${change.uid}`));
    held.delivered();
    return changes;
  };
  const list = (objects: unknown[], atOnce = false) => {
    held.begin(atOnce);
    for (const object of objects) held.list(object);
    held.complete();
    return told();
  };
  return { held, broken, told, list };
}

describe('Holdings', () => {
  it('tells only the differences between two lists, deletions first', () => {
    const { list, held } = holdings();
    expect(list([raw('a', 1), raw('b', 2), raw('c', 3)])).toEqual(['+a@1', '+b@2', '+c@3']);
    expect(list([raw('b', 2), raw('c', 7), raw('d', 4)])).toEqual(['-uid-a', '+c@7', '+d@4']);
    expect(held.count).toBe(3);
  });

  it('changes nothing before a later list is complete', () => {
    const { held, list, told } = holdings();
    list([raw('a', 1)]);
    held.begin(false);
    held.list(raw('b', 2));
    expect(told()).toEqual([]);
    expect(held.count).toBe(1);
    held.begin(false); // given up, and begun anew
    held.list(raw('c', 3));
    held.complete();
    expect(told()).toEqual(['-uid-a', '+c@3']);
  });

  it('drops what an interrupted first list had and the next has not', () => {
    const { held, list, told } = holdings();
    held.begin(true);
    held.list(raw('a', 1));
    expect(told()).toEqual(['+a@1']);
    expect(list([raw('b', 2)], true)).toEqual(['+b@2', '-uid-a']);
  });

  it('tells two objects of one name apart, in a list and in a watch', () => {
    const { held, list, told } = holdings();
    list([raw('a', 1, 'first')]);
    expect(list([raw('a', 2, 'second')])).toEqual(['-first', '+a@2']);
    held.put(raw('a', 3, 'third'));
    expect(told()).toEqual(['-second', '+a@3']);
    held.remove(raw('a', 4, 'second')); // a deletion that comes too late
    expect(told()).toEqual([]);
    expect(held.count).toBe(1);
  });

  it('tells an object once, in its last state, and not at all when it came and went', () => {
    const { held, told } = holdings();
    held.put(raw('a', 1));
    held.put(raw('a', 2));
    held.put(raw('b', 3));
    held.remove(raw('b', 4));
    expect(told()).toEqual(['+a@2']);
  });

  it('tells a deletion even when the object came back and went again unseen', () => {
    const { held, told } = holdings();
    held.put(raw('a', 1));
    told();
    held.remove(raw('a', 2));
    held.put(raw('a', 3));
    held.remove(raw('a', 4));
    expect(told()).toEqual(['-uid-a']);
  });

  it('keeps changes that were not taken in', () => {
    const { held, told } = holdings();
    held.put(raw('a', 1));
    held.pending();
    held.put(raw('b', 2));
    expect(told()).toEqual(['+a@1', '+b@2']);
  });

  it('reports an object that cannot be read, and loses no other', () => {
    const { held, list, broken, told } = holdings();
    expect(list([raw('a', 1), raw('x', 2, 'uid-x', { bad: true }), raw('b', 3)])).toEqual(['+a@1', '+b@3']);
    expect(broken).toMatchObject([{ uid: 'uid-x', name: 'x' }]);
    expect([held.count, held.broken]).toEqual([2, 1]);
    held.put(raw('a', 4, 'uid-a', { bad: true }));
    expect(told()).toEqual(['-uid-a']);
    expect([held.count, held.broken]).toEqual([1, 2]);
    held.put(raw('x', 5));
    held.remove(raw('a', 6));
    expect(told()).toEqual(['+x@5', '-uid-a']);
    expect([held.count, held.broken]).toEqual([2, 0]);
  });

  it.each([null, 'text', 7, [], {}, { metadata: null }, { metadata: 'x' }, { metadata: { uid: 7, name: {} } }])(
    'counts %j as broken',
    (object) => {
      const { held, list, broken } = holdings();
      expect(list([object, raw('a', 1)])).toEqual(['+a@1']);
      expect(broken).toHaveLength(1);
      expect([held.count, held.broken]).toEqual([1, 1]);
      list([raw('a', 1)]);
      expect(held.broken).toBe(0);
    },
  );

  it('knows an object without uid by its name', () => {
    const { held, broken } = holdings();
    held.put({ metadata: { name: 'a', namespace: 'ns' } });
    held.put({ metadata: { name: 'a', namespace: 'ns' } });
    expect([held.broken, broken[0]?.name]).toEqual([1, 'a']);
    expect(held.remove({ metadata: { name: 'a', namespace: 'ns' } })).toBe(true);
    expect(held.remove({ metadata: {} })).toBe(false);
    expect(held.broken).toBe(0);
  });

  it('leaves out what is not wanted, and drops what no longer is', () => {
    const { held, list, told } = holdings();
    expect(list([raw('a', 1), raw('b', 2, 'uid-b', { hidden: true })])).toEqual(['+a@1']);
    held.put(raw('a', 3, 'uid-a', { hidden: true }));
    expect(told()).toEqual(['-uid-a']);
    expect(held.count).toBe(0);
  });

  it('holds the newest up to the cap, and says that there are more', () => {
    const { held, list, told } = holdings(2);
    expect(list([raw('a', 9), raw('b', 100), raw('c', 20)])).toEqual(['+b@100', '+c@20']);
    expect([held.count, held.capped]).toEqual([2, true]);
    held.put(raw('d', 200));
    expect(told()).toEqual(['+d@200', '-uid-c']);
    expect(list([raw('b', 100), raw('d', 200)])).toEqual([]);
    expect(held.capped).toBe(false);
  });

  it('delivers all again when nothing is to be trusted', () => {
    const { held, list } = holdings();
    list([raw('a', 1), raw('b', 2)]);
    held.forget();
    expect(list([raw('a', 1), raw('b', 2)])).toEqual(['+a@1', '+b@2']);
  });

  it('tells of each object that goes when all go', () => {
    const { held, list, told } = holdings();
    list([raw('a', 1), raw('b', 2)]);
    held.clear();
    expect(told()).toEqual(['-uid-a', '-uid-b']);
    expect(held.count).toBe(0);
  });
});
