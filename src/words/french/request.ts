/** What is wrong with a field, wherever it stands. */
export const request = {
  missing: 'manquant',
  notFound: 'introuvable',
  unknownKey: 'Clé non reconnue :',
  reasonMissing: 'Ce changement demande une raison.',
  oneBrand: 'brand ou brandId, pas les deux',
  unknown: 'introuvable',
} as const;
