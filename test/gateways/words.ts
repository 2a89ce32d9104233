/** Words by which people opt out. */
export const SILENCING = [
  'STOP',
  'ARRÊT',
  'arrêt svp',
  'désabonnement',
  'Désinscrivez-moi, merci',
  "Bonjour, je vous demande de ne plus m'envoyer de SMS publicitaires.",
];
/** Words by which they do not. */
export const ORDINARY = [
  'Merci, à bientôt !',
  'OUI',
  'Je serai là à 10h, désolé pour le retard',
  'D’accord, ça marche 👍',
  'Est-ce possible le 12 au soir ? Anaïs',
];
