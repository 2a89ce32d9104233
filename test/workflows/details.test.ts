import { describe, expect, it } from 'vitest';
import { detailsPage, label } from '../../workflows/details.ts';
import { done, sends, waits } from './stage.ts';

const offers = ['pause', 'cancel', 'replan'] as const;

describe('the page of a workflow', () => {
  it('says in French what it waits for', () => {
    const plan = waits(12, {
      accounts: { audience: 40, pending: 12 },
      until: 'lundi 30 novembre 2026 à 08h00, heure de Paris',
      rule: 'Règle WIN-02 : Pas de SMS le dimanche. Source : la charte.',
    });
    const progress = {
      state: 'waiting-window',
      accounts: { audience: 40, pending: 12 },
      shards: { open: 3, inFlight: 2 },
      lastOrder: { order: 'resume', refused: 'A campaign in this state cannot do that.' },
    } as const;
    expect(detailsPage({ plan, progress, offers })).toBe(
      [
        '**En attente** jusqu’au lundi 30 novembre 2026 à 08h00, heure de Paris (règle WIN-02)',
        'Pas de SMS le dimanche : lundi 30/11 à 8h00.',
        'Règle WIN-02 : Pas de SMS le dimanche. Source : la charte.',
        '| | |\n|---|---:|\n| destinataires | 40 |\n| à venir | 12 |',
        'Lots encore ouverts : 3, dont 2 en route.',
        'Dernier ordre : `resume`, refusé : A campaign in this state cannot do that.',
        'Signaux possibles : `pause` · `cancel` · `replan`',
      ].join('\n\n'),
    );
  });

  it.each([
    [
      'fr',
      '| Rappel | État | Moment | Pourquoi |\n|---|---|---|---|\n| Rappel, 1 jour avant | pas envoyé | mardi 01/12 à 10h00 | Trop tard. |',
    ],
    [
      'en',
      '| Reminder | State | Moment | Why |\n|---|---|---|---|\n| Rappel, 1 jour avant | pas envoyé | mardi 01/12 à 10h00 | Trop tard. |',
    ],
  ])('shows each step of a series in %s', (locale, table) => {
    const step = {
      step: 'Rappel, 1 jour avant',
      state: 'pas envoyé',
      moment: 'mardi 01/12 à 10h00',
      because: 'Trop tard.',
    };
    const plan = waits(1, { locale, steps: [step] });
    expect(detailsPage({ plan, progress: { state: 'sending' }, offers: [] })).toContain(table);
  });

  it.each([
    ['fr', sends, '**Envoi en cours**'],
    ['en', sends, '**Sending**'],
    [
      'en',
      waits(1, { state: 'parked', until: 'Monday' }),
      '**Parked: a person must act**; looked at again on Monday',
    ],
    ['fr', waits(1, { state: 'paused', until: 'lundi' }), '**En pause** ; prochain examen : lundi'],
    ['fr', done('FINISHED'), '**Terminé**'],
  ])('speaks %s', (locale, plan, words) => {
    const text = detailsPage({ plan: { ...plan, locale }, progress: { state: 'sending' }, offers: [] });
    expect(text).toContain(words);
  });

  it('shows no moment without a known zone', () => {
    const text = detailsPage({ plan: waits(1), progress: { state: 'sending' }, offers: [] });
    expect(text).toContain('**En attente** (règle WIN-02)');
    expect(text).not.toMatch(/\d{4}-\d\d-\d\dT/);
  });

  it('keeps a timer’s label within the server’s limit', () => {
    for (const letter of ['a', 'é', '’', '🙂'])
      expect(Buffer.byteLength(label(letter.repeat(500)))).toBeLessThanOrEqual(200);
    expect(label('Pas de SMS le dimanche')).toBe('Pas de SMS le dimanche');
  });
});
