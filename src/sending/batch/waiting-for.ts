/** The wait of a campaign or series: rule, end, place, and number of people. */
export interface WaitingFor {
  readonly code: string;
  readonly ruleId: string | null;
  /** ISO instant; null when a person has to act. */
  readonly until: string | null;
  readonly text: string;
  readonly byTerritory: readonly {
    readonly territory: string;
    readonly count: number;
    readonly until: string | null;
  }[];
}
