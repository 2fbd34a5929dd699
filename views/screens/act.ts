import { defineScreen } from '../../hooks/screen.ts';
import type { Offer } from '../../src/store/operating.ts';
import type { State } from '../../src/store/state.ts';
import { wrap } from '../parts/fit.ts';

/** One line of an offer: a reason is read whole, not cut at the edge of the screen. */
interface OfferLine extends Offer {
  part: number;
  text: string;
}

const NAME = 16;

let made: { offers: readonly Offer[]; columns: number; lines: readonly OfferLine[] } | undefined;
function linesOf({ offers, columns }: State): readonly OfferLine[] {
  if (made?.offers !== offers || made.columns !== columns) {
    const room = Math.max(20, columns - NAME - 4);
    const lines = offers.flatMap((offer) =>
      wrap(offer.refusal ? `no: ${offer.refusal}` : offer.about, room).map((text, part) => ({ ...offer, part, text })),
    );
    made = { offers, columns, lines };
  }
  return made.lines;
}

/** What can be done with the rows that `a` was pressed on; what cannot says why. */
export const act = defineScreen<OfferLine>({
  id: 'act',
  title: 'Operations',
  names: [],
  kinds: [],
  rows: linesOf,
  rowId: ({ id, part }) => `${id}+${part}`,
  target: () => undefined,
  empty: 'no operation is for this',
  columns: [
    {
      key: 'operation',
      title: 'OPERATION',
      min: NAME,
      rank: 0,
      cell: ({ part, title, refusal }) => ({
        text: part === 0 ? title : '',
        tone: refusal === undefined ? 'plain' : 'dim',
      }),
    },
    {
      key: 'about',
      title: '',
      min: 30,
      grow: 1,
      rank: 0,
      cell: ({ text }) => ({ text, tone: 'dim' }),
    },
  ],
});
