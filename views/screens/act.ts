import { defineScreen } from '../../hooks/screen.ts';
import type { Offer } from '../../src/store/operating.ts';

/** What can be done with the rows that `a` was pressed on; what cannot says why. */
export const act = defineScreen<Offer>({
  id: 'act',
  title: 'Operations',
  names: [],
  kinds: [],
  rows: (state) => state.offers,
  rowId: (offer) => offer.id,
  target: () => undefined,
  empty: 'no operation is for this',
  columns: [
    {
      key: 'operation',
      title: 'OPERATION',
      min: 16,
      grow: 1,
      max: 28,
      rank: 0,
      cell: (offer) => ({ text: offer.title, tone: offer.refusal === undefined ? 'plain' : 'dim' }),
    },
    {
      key: 'about',
      title: '',
      min: 30,
      grow: 3,
      rank: 0,
      cell: (offer) => ({ text: offer.refusal ? `no: ${offer.refusal}` : offer.about, tone: 'dim' }),
    },
  ],
});
