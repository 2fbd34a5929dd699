import { type Column, defineScreen } from '../../hooks/screen.ts';
import type { Offer } from '../../src/store/operating.ts';
import type { State } from '../../src/store/state.ts';
import { wrap } from '../parts/fit.ts';

/** One line of an offer: a reason is read whole, not cut at the edge of the screen. */
interface OfferLine extends Offer {
  part: number;
  text: string;
}

/** From here on there is room for the names of what a row is joined to, and not only for what they are. */
const ROOMY = 120;

/** Width of the column of operations: their titles are whole. */
const widthOfName = ({ offers }: State): number => Math.max(9, ...offers.map(({ title }) => title.length));

/** Width of the column that says what an operation is for, where that is not the row itself. */
function widthOfOn({ offers, columns }: State): number {
  if (offers.every(({ of }) => of === undefined)) return 0;
  return columns < ROOMY ? 8 : 40;
}

/** Words for what rows are joined to that stand for more than one of them: a cluster has several groups. */
function manyOf(offers: readonly Offer[]): ReadonlySet<string> {
  const names = new Map<string, string>();
  const many = new Set<string>();
  for (const { of = '' } of offers) {
    const [word = ''] = of.split(' ');
    if ((names.get(word) ?? of) !== of) many.add(word);
    names.set(word, of);
  }
  return many;
}

/** What mends the trouble first, then what else can be done; behind it what cannot, by its reason. */
function inOrder(offers: readonly Offer[]): Offer[] {
  const reasons = [...new Set(offers.flatMap(({ refusal }) => refusal ?? []))];
  const place = ({ refusal, helps }: Offer) => (refusal === undefined ? (helps ? -2 : -1) : reasons.indexOf(refusal));
  return [...offers].sort((a, b) => place(a) - place(b));
}

const NONE: ReadonlySet<string> = new Set();

let made: { offers: readonly Offer[]; columns: number; lines: readonly OfferLine[] } | undefined;
function linesOf(state: State): readonly OfferLine[] {
  const { offers, columns } = state;
  if (made?.offers !== offers || made.columns !== columns) {
    const room = Math.max(20, columns - widthOfName(state) - widthOfOn(state) - 6);
    const many = columns < ROOMY ? manyOf(offers) : NONE;
    const lines = inOrder(offers).flatMap((offer) => {
      const words = offer.of?.split(' ') ?? [];
      const whose = many.has(words[0] ?? '') ? `${words.at(-1)}: ` : '';
      // Each says its own: what stands above it may be scrolled away.
      const said = offer.refusal ? `no: ${offer.refusal}` : offer.helps ? `HELPS: ${offer.about}` : offer.about;
      return wrap(`${whose}${said}`, room).map((text, part) => ({ ...offer, part, text }));
    });
    made = { offers, columns, lines };
  }
  return made.lines;
}

const operation = (width: number): Column<OfferLine> => ({
  key: 'operation',
  title: 'OPERATION',
  min: width,
  rank: 0,
  cell: ({ part, title, refusal, helps }) => ({
    text: part === 0 ? title : '',
    tone: refusal === undefined ? (helps ? 'title' : 'plain') : 'dim',
  }),
});

const on = (width: number): Column<OfferLine> => ({
  key: 'on',
  title: 'ON',
  min: width,
  max: width,
  rank: 0,
  cell: ({ part, of = '' }) => (part > 0 ? '' : width < 20 ? (of.split(' ')[0] ?? '') : of),
});

const about: Column<OfferLine> = {
  key: 'about',
  title: '',
  min: 30,
  grow: 1,
  rank: 0,
  cell: ({ text }) => ({ text, tone: 'dim' }),
};

/** What can be done with the rows that `a` was pressed on, and with what they are joined to; what cannot says why. */
export const act = defineScreen<OfferLine>({
  id: 'act',
  title: 'Operations',
  names: [],
  kinds: [],
  rows: linesOf,
  rowId: ({ id, targets, part }) => `${id}/${targets[0]?.uid}+${part}`,
  continues: ({ part }) => part > 0,
  target: () => undefined,
  empty: 'no operation is for this',
  columns: [operation(16), on(40), about],
  layout(state) {
    const width = widthOfOn(state);
    const first = operation(widthOfName(state));
    return width === 0 ? [first, about] : [first, on(width), about];
  },
});
