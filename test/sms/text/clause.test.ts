import { describe, expect, it } from 'vitest';
import { clauses, type Piece } from '../../../src/sms/text/template.ts';

const words = (piece: Piece | undefined): string => (typeof piece === 'string' ? piece : '');

describe('a text is cut', () => {
  it('at signs followed by a space', () => {
    const cut = clauses(['Le 12/08, à 14:30 : 25,00 €. Voir https://x.fr/a.b ! Fin']);
    expect(
      cut.map(({ clauses: kept, close }) => [kept.map(({ lead, pieces }) => lead + words(pieces[0])), close]),
    ).toEqual([
      [['Le 12/08', ', à 14:30', ' : 25,00 €'], '. '],
      [['Voir https://x.fr/a.b'], ' ! '],
      [['Fin'], ''],
    ]);
  });

  it('never between a full stop and a variable', () => {
    expect(clauses(['fin.', { name: 'stop', otherwise: undefined }])).toHaveLength(1);
  });
});
