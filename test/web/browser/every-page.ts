/** What there is to look at. */
export interface Sights {
  readonly campaignId: string;
  readonly draftId: string;
  readonly seriesId: string;
  readonly personId: string;
  readonly importId: string;
  /** A month, `YYYY-MM`. */
  readonly month: string;
}

/** Every page of the console that somebody who signed in opens. */
export const consolePaths = (of: Sights): readonly string[] => [
  '',
  '/imports',
  `/imports/${of.importId}`,
  `/imports/${of.importId}/not-sendable`,
  '/campaigns',
  '/campaigns/new',
  `/campaigns/${of.campaignId}`,
  `/campaigns/${of.campaignId}/not-served?state=excluded&reason=NO_BASIS`,
  `/campaigns/${of.draftId}`,
  `/campaigns/${of.draftId}/edit`,
  '/to-call',
  '/series',
  `/series/${of.seriesId}`,
  `/series/calendar?month=${of.month}`,
  `/people/${of.personId}`,
  '/uncertain',
  '/replies',
  '/rights',
  '/suppressions',
  '/gateways',
  '/audit',
  '/agreements',
  `/figures?from=${of.month}-01&to=${of.month}-20`,
  '/settings',
  '/practices',
  '/keys',
  `/timeline?campaign=${of.campaignId}`,
  `/timeline?series=${of.seriesId}`,
];
