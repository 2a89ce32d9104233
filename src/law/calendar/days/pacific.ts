import type { TerritoryDay } from '../day.ts';
import { GOOD_FRIDAY } from './shared.ts';

/** The Pacific, besides the national days. */
export const pacific: readonly TerritoryDay[] = [
  {
    territories: ['NC'],
    when: '09-24',
    name: 'fête de la citoyenneté',
    nameEn: 'Citizenship Day',
    class: 'local',
    source: 'Nouvelle-Calédonie ; date-holidays',
  },
  {
    territories: ['PF'],
    when: '03-05',
    name: 'arrivée de l’Évangile',
    nameEn: 'Missionary Day',
    class: 'local',
    source: 'Polynésie française, code du travail',
  },
  { territories: ['PF'], ...GOOD_FRIDAY, class: 'local', source: 'Polynésie française, code du travail' },
  {
    territories: ['PF'],
    when: '06-29',
    name: 'fête de l’autonomie',
    nameEn: 'Autonomy Day',
    class: 'local',
    source: 'Polynésie française, code du travail',
    until: 2025,
  },
  {
    territories: ['PF'],
    when: '11-20',
    name: 'Matari’i i ni’a',
    nameEn: 'Matari’i i ni’a',
    class: 'local',
    source: 'Polynésie française, loi du pays votée le 6 mai 2025',
    from: 2026,
  },
  {
    territories: ['WF'],
    when: '04-28',
    name: 'Saint Pierre Chanel',
    nameEn: 'St Peter Chanel',
    class: 'local',
    source: 'Wallis-et-Futuna, arrêté annuel du préfet',
  },
  {
    territories: ['WF'],
    when: '06-29',
    name: 'Saints Pierre et Paul',
    nameEn: 'Saints Peter and Paul',
    class: 'soft',
    source: 'Wallis-et-Futuna, arrêté annuel du préfet ; date-holidays',
  },
  {
    territories: ['WF'],
    when: '07-29',
    name: 'fête du Territoire',
    nameEn: 'Territory Day',
    class: 'local',
    source: 'Wallis-et-Futuna, arrêté annuel du préfet',
  },
];
