/** Replies as people write them: none was taken from a list of the matcher, and none may be added to one. */

const lines = (text: string): readonly string[] => text.trim().split('\n');

/** By these nobody does, however near the words come. */
export const TALK_OF_EVERY_DAY = lines(`
je serai au stop du carrefour
non-stop
bus stop
ok j'arrête la voiture et j'arrive
je ne veux pas annuler
oui mais je serai en retard
1
2
2 personnes
OUI
annuler svp
CONTACT
je suis à l'arrêt de bus
Je suis a l'arret du tram
arrêt maladie jusqu'à lundi
Je suis en arrêt
J'arrive
je m'arrête à la boulangerie et j'arrive
la voiture s'est arrêtée, je serai en retard
mon train est arrêté en gare
Le bus s'arrête devant ?
on fait un pit stop et on arrive
Ouvert non stop samedi ?
vous êtes ouverts non-stop ?
vous êtes ouvert non stop le midi ?
Top
Merci !
Ok
Je confirme
je confirme le rdv de demain
C'est bon pour moi
Parfait merci
je voudrais décaler
Est-il possible de reporter ?
je ne peux pas venir
je ne peux plus venir jeudi
Je n'aurai plus besoin du rdv
impossible pour moi
j'annule mon rdv
je dois annuler le rdv de demain
annulez svp
oui annuler
Oui je serai présent
pas de problème j'y serai
Je n'ai pas eu le message
j'ai pas reçu le sms
je n'ai plus de sms
Vos messages sont gentils merci
merci pour vos rappels
merci pour le rappel
Merci pour votre message
J'adore vos offres
votre offre est encore valable ?
encore des promos ?
l'offre est-elle finie ?
avez-vous fini les travaux ?
je finis à 17h
Je termine mon travail à 18h
pouvez-vous m'envoyer un sms demain ?
envoyez moi l'adresse
envoyez plus d'infos
Envoyez-moi plus de détails svp
je veux plus d'informations
je voudrais plus d'infos sur l'offre
plus d'infos svp
Pouvez-vous me contacter plus tard
contactez moi plus tard
rappelez-moi plus tard
appelez plus tard
Appelez-moi plutôt demain
M'écrire plutôt par mail
quel est le numéro ?
Vous avez changé de numéro ?
mon nouveau numéro est le 06 39 98 12 34
mettez à jour mon numéro svp
Supprimez le rdv de jeudi
supprimez ma commande
enlevez un couvert, nous serons 3
retirez le sel de ma commande
Je retire ma commande à 18h
je viens retirer mon colis
Peut-on retirer le colis demain ?
arrêtez-vous à quelle heure le samedi ?
A quelle heure vous arrêtez le service ?
quand s'arrêtent les soldes ?
les soldes s'arrêtent quand ?
la promo s'arrête quand ?
La fin de l'offre c'est quand ?
fin de la promo ?
c'est un spam ?
C'est une arnaque ?
qui est-ce ?
quelle adresse ?
stoppage à 2km je suis en retard
on se voit au stop
mon fils a fait un one stop shop
auto-stop
je viens en stop
on fait du stop
feu stop cassé sur ma voiture
mes feux stop ne marchent pas
le stop arrière est cassé
Avez-vous des stop-portes ?
Non
non merci
Non, pas possible
pas dispo
Pas aujourd'hui
je suis plus dispo jeudi
plus de places ?
Il n'y en a plus en taille 38 ?
Il ne reste plus de robe rouge ?
vous n'avez plus d'offre ?
Plus de 10 minutes de retard
je ne suis plus très loin
ma femme ne veut plus de rdv le matin
je refuse le nouveau contrat
je souhaite résilier mon contrat
je ne souhaite pas renouveler
resilier
Oui !!!
ok 👍
👍
1 svp
oui merci a jeudi
yes
see you
cancel
please cancel my appointment
can we move it to Monday?
I will be 10 minutes late
thanks
info
aide
contact svp
quit smoking consultation ?
combien coûte l'arrêt du tabac ?
rdv arrêt du tabac
j'ai besoin d'un arrêt de travail
prolongation arrêt
il faut m'arrêter une semaine
je dois m'arrêter en chemin
j'ai fini
c'est fini ?
terminé
au revoir
bonne journée
Bonne fête
joyeux noël
j'ai payé hier
le prélèvement est passé ?
je paierai demain
2 places svp
3
10h
10h30 ok
ok pour 14h
je prends
je réserve
réservez-en 2
Je suis intéressé
ça m'intéresse
pas encore reçu
toujours pas reçu mon colis
je n'ai jamais reçu vos messages avant
envoyez jamais reçu
le numéro ne répond pas
c'est quel numéro de rue ?
erreur de date ?
Je me suis trompé de jour
vous vous êtes trompés de date
ma fille est malade, on annule
ne m'oubliez pas
n'oubliez pas ma commande
laissez-moi 5 minutes
laissez nous la table près de la fenêtre
Laissez le colis chez le gardien
je laisse tomber
remove the old one and keep Thursday
halte-garderie ouverte ?
haltères en stock ?
Stoppeur de porte dispo ?
le docteur m'a arrêté
opposition sur ma carte bancaire
Je fais opposition sur la carte
RIB changé
j'ai retiré ma commande
contact ?
je peux contacter qui ?
comment vous contacter ?
Qui contacter pour annuler ?
Oui stoppez la commande rouge et prenez la bleue
On peut arrêter le contrat quand ?
Pouvez-vous m'envoyer plus tard le devis ?
Bonjour, j'arriverai plus tard
Rien reçu
Je n'ai rien reçu
j'ai pas eu la pub de votre magasin
Pas de sms reçu ce mois ci c'est normal ?
Je veux bien recevoir vos offres
je veux recevoir plus de promos
Envoyez moi vos promos
continuez à m'envoyer vos offres
Ne m'oubliez pas pour les promos
Il n'y a plus de places à 14h ?
Avez vous encore la veste en bleu
je cherche un arrêt proche
c'est à quel arrêt ?
Quel arrêt de métro ?
descendez à l'arrêt mairie
l'arrêt est fermé
le train est à l'arrêt
je suis à l'arrêt sur l'autoroute
arrêtée par la police je serai en retard
Je me suis arrêtée en route
on s'arrête 5 min
il s'arrête de pleuvoir
je quitte le bureau
je viens de quitter la maison
quitte à décaler je préfère lundi
c'est fini pour les soldes ?
a-t-on fini ?
Fin de journée possible ?
en fin de matinée
fin de semaine svp
Merci de me contacter
merci de me rappeler
ne pas rappeler avant 14h
n'appelez pas avant 10h
N'appelez pas le fixe mais le portable
ne m'appelez pas avant midi
Envoyez pas le colis à la maison
je retire mon véhicule ce soir
supprimez l'option ménage
effacez la dernière ligne de ma commande
je suis plus intéressée par le bleu
Mon numéro de commande est le 1234
mauvais numéro de commande
c'est le mauvais numéro de rue
Je refuse
je refuse la proposition de rdv
Je ne suis pas le patient, c'est ma fille
je suis la maman
je ne suis pas encore cliente
ma cliente ne sera plus là
les données ont changé
la liste svp
quelle base ?
la diffusion commence quand ?
spam ou vrai message ?
est-ce bien vous ?
stock épuisé ?
spot lumineux encore dispo ?
un top !
stage stop tabac ?
consultation pour arrêt du tabac
arrêt tabac
j'ai arrêté de fumer
il a arrêté son traitement
dois-je arrêter mon traitement ?
dois-je arrêter le médicament avant ?
faut-il arrêter de manger avant ?
Suis-je obligé d'arrêter de boire avant l'examen
Je peux venir plus tôt ?
plus tôt si possible
plus que 2 jours !
oui plus ou moins
C'est bon, plus de fièvre
je n'ai plus de fièvre
j'ai marre de vous attendre, j'arrive
ça suffit pour 4 personnes ?
Deux suffisent
assez de places ?
avez-vous assez de tables
lâchez un avis
je laisse mon tel
Laissez un message
laissez-moi vous rappeler
laissez-moi regarder
`);
