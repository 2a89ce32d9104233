/** What people answer to an SMS, sorted by what they mean. */

const lines = (text: string): readonly string[] =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim());

/** Words that mean opting out wherever they stand. */
export const ANYWHERE_WORDS = [
  'STOP',
  'STOP SMS',
  'DESABONNEMENT',
  'DESINSCRIPTION',
  'UNSUBSCRIBE',
  'OPTOUT',
];

/** The exact words of the matcher, without disguise. */
export const STOP_WORDS = lines(`
STOP
STOPP
STOP SMS
STOP PUB
STOPSMS
STOPALL
STOP TOUT
ARRET
ARRETE
ARRETER
ARRETEZ
DESABO
DESABONNER
DESABONNEMENT
DESINSCRIRE
DESINSCRIPTION
DESINSCRIT
RESILIER PUB
UNSUBSCRIBE
OPTOUT
OPT OUT
QUIT
REMOVE
`);

/** Opt-outs of the purpose that was answered. */
export const PURPOSE_STOPS = lines(`
STOP
Stop.
Arrêt!!
S T O P
S.T.O.P
s-t-o-p
ＳＴＯＰ
ЅТОР
СТОП
𝗦𝗧𝗢𝗣
🇸🇹🇴🇵
🅂🅃🄾🄿
🆂🆃🅾🅿
ⓢⓣⓞⓟ
ꜱᴛᴏᴘ
$TOP
5top
ST0P
stooooop
STOPPPP
STOP envoyé de mon iPhone
Bonjour, STOP
ok stop
Non, stop
Non. STOP
merci de stop
stop stop stop
STOP36180
stop 36180
STOP au 36180
TSOP
STPO
SOTP
STO
STOOP
STIP
TSTOP
STOPE
Me désabonner svp
Je veux me désinscrire
opt-out
résilier pub
Stoppez
Stopper
ARRETEZ
Arrêtez de m'envoyer des sms
Désabonnez-moi
STOP tout de suite
stop toutes vos pubs
STOP TOUTE PUB
stop à tout jamais
stop je ne suis pas intéressé par vos produits et je vous demande d'arrêter
Stop.Merci
please stop sending me these messages it is the third time
ST OP
STO P
ꓢꓔꓳꓑ
§TOP
`);

/** Opt-outs of everything. */
export const ALL_STOPS = lines(`
STOP TOUT
stop tout svp
Stop à tout
STOPALL
STOP ALL
stoptout
STOP PARTOUT
stop tous les sms
Arrêtez tout
STOPPEZ TOUT
Tout stop
ＳＴＯＰ　ＴＯＵＴ
`);

/** Wishes for silence in other words: suspended at once, read by a person. */
export const UNCLEAR = lines(`
ne m'écrivez plus
Ne m’envoyez plus de SMS
n'écrivez plus jamais
m'envoyez plus rien
plus de sms svp
Plus de messages s'il vous plaît
laissez-moi tranquille
laissez nous en paix
foutez moi la paix
je ne veux plus recevoir vos messages
je ne veux plus de pub
je veux pas recevoir vos sms
Je souhaite ne plus recevoir de sms de votre part merci
merci de ne plus me contacter
ne plus me contacter
retirez moi de vos listes
supprimez mon numéro
Pouvez-vous enlever mon numéro de votre fichier
Veuillez me retirer
Effacez mes données
Cessez vos envois
Bonjour je voudrais que vous arrêtiez de m'envoyer des messages tous les jours
Bonjour, malgré mes demandes répétées je reçois encore vos publicités, stop
Marre de vos pubs
j'ai assez de vos pubs
c'est du harcèlement
Je vais saisir la CNIL
Je signale au 33700
je retire mon consentement
Je m'oppose à la prospection
pas intéressé
Pas du tout intéressée
Mauvais numéro
Vous vous trompez de numéro
no more texts
Leave me alone
don't text me
do not contact me
take me off your list
wrong number
not interested
`);

/** Questions about who writes. */
export const CONTACTS = lines(`
CONTACT
contact ?
Contact svp
AIDE
info
Infos
help
`);

/** Yes, I come. */
export const CONFIRMATIONS = lines(`
OUI
oui
Oui !
1
1.
Oui merci
Oui, merci beaucoup
je confirme
Oui je confirme
OUI je confirme mon rdv
Je confirme ma présence
Confirmer
yes
ｏｕｉ
Oui je serai là
`);

/** No, I do not come. */
export const CANCELLATIONS = lines(`
ANNULER
annuler
2
2.
Annulez mon rdv svp
J'annule
je souhaite annuler
Je dois annuler
Annulation
cancel
Annuler svp
Annuler merci
`);

/** They do not come; where nobody asked, that acts on nothing. */
export const REFUSALS = lines(`
Non
NO
Non merci
Je ne pourrai pas être là
`);

/** Everything else that people write, near the words above or far from them. */
export const ORDINARY = lines(`
NON STOP
ouvert non-stop
nonstop
one stop shop
TOP
top !
Top merci
shop
step
stock
spot
post
Stéphane
OK
ok merci
fin
END
Merci
Bonjour, à quelle heure ?
Je ne peux plus venir
j'aurai plus de 10 minutes de retard
Je suis en arrêt maladie, on peut décaler ?
Arrêt maladie
Arrêt de travail à prolonger ?
Arrêt de bus ou tram ?
je prends l'auto-stop
Je ne veux pas annuler
ne pas annuler
surtout n'annulez pas
annulé ?
2 personnes
1 personne
Oui mais je serai en retard
oui ?
Contactez-moi demain
Je vous contacte demain
je n'ai plus de voiture
je n'ai plus de sms dans mon forfait
je ne reçois plus vos messages
je n'ai pas reçu de rappel
j'ai plus de batterie
Je veux résilier mon contrat
je ne veux plus ce rendez-vous
Est-ce que je dois être à jeun ?
A demain
D'accord
👍
❤️
?
...
12
J'ai déjà payé
Je termine à 18h, vous pouvez m'envoyer un rappel ?
Je finis les cours à midi
Le bus ne s'arrête plus devant chez vous
Pouvez-vous m'envoyer un message de rappel
Combien de messages faut-il ?
Il reste des places ?
rappelez moi
Le numéro de la porte ?
Mon numéro a changé : 06 39 98 00 42
Pouvez-vous supprimer le rendez-vous de 10h ?
vous arrêtez à quelle heure ?
l'adresse svp
pas de souci
Pas de problème
il n'y a plus de place ?
Voir avec ma femme
Je finis à 18h, envoyez l'adresse
Je confirme pas
information sur le parking
terminé
Je viendrai avec mon fils
Peut-on décaler à jeudi ?
C'est noté
Parfait à jeudi
Bien reçu
Qui êtes-vous ?
Combien ça coûte ?
Je suis dans le bus
Le code de la porte svp
Je cherche une place pour me garer
Mon mari viendra à ma place
Pouvez-vous me rappeler ?
See you on Thursday
I will be late
Thanks a lot
`);
