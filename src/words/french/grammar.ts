/** A span after the word of: `de 2 heures`, `d’une heure`. */
export const withDe = (span: string | number): string =>
  String(span).startsWith('un') ? `d’${span}` : `de ${span}`;
