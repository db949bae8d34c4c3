// Package draft writes the first nexus.cue of a Nexus from what was found on its forges.
//
// Who builds what is written down already: in CODEOWNERS files, in the topics of repositories, in the groups that
// projects lie in. [Nexus] takes a team for each repository from the first of these that names one, and says in a
// comment which it was. A repository whose folders belong to several teams becomes a component for each folder.
// What it writes is a beginning for the Nexus Integration Team to change, and says so.
//
//	draft.Nexus([]draft.Repo{{Forge: "github", Name: "acme/cart-api", Branch: "main", Owners: "* @acme/cart", CI: true}})
//
//	name: "acme"
//	teams: {
//		"cart": components: {
//			"cart-api": {repo: "github:acme/cart-api", branch: "main"} // by CODEOWNERS
//		}
//	}
//	done: { … }
//
// It asks nobody and reads no file: it is a function of what it is given, which strangers may have written. So
// all of that is bounded, and reaches the definition as text between quotes alone. Whether the draft is sound, and
// a good Definition of Done, is for others to say.
package draft
