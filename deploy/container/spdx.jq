# The packages in an image as SPDX 2.3, of their entries in dpkg's database and their copyrights:
#
#   jq --null-input --raw-input --from-file spdx.jq --arg version V --arg image ID --arg created TIME \
#     var/lib/dpkg/status.d/* usr/share/doc/*/copyright
#
# $image: the image's id, sha256 in hexadecimal digits; $created: as in RFC 3339, in UTC.

# Debian's names of licences and SPDX's. https://spdx.org/licenses/
def spdx_licenses: {
  "0BSD": "0BSD", "Apache-2.0": "Apache-2.0", "Artistic": "Artistic-1.0-Perl", "BSD-2-clause": "BSD-2-Clause",
  "BSD-3-clause": "BSD-3-Clause", "CC0-1.0": "CC0-1.0", "Expat": "MIT", "GFDL-1.2+": "GFDL-1.2-or-later",
  "GFDL-1.3+": "GFDL-1.3-or-later", "GPL-1+": "GPL-1.0-or-later", "GPL-2": "GPL-2.0-only",
  "GPL-2+": "GPL-2.0-or-later", "GPL-3": "GPL-3.0-only", "GPL-3+": "GPL-3.0-or-later", "ISC": "ISC",
  "LGPL-2": "LGPL-2.0-only", "LGPL-2+": "LGPL-2.0-or-later", "LGPL-2.1": "LGPL-2.1-only",
  "LGPL-2.1+": "LGPL-2.1-or-later", "LGPL-3": "LGPL-3.0-only", "LGPL-3+": "LGPL-3.0-or-later", "MIT": "MIT",
  "MPL-1.1": "MPL-1.1", "MPL-2.0": "MPL-2.0", "X11": "X11", "Zlib": "Zlib"
} | with_entries(.key |= ascii_downcase);

# null if one of the names is not in the table.
def spdx_of_choice:
  [splits(" or ") | spdx_licenses[ascii_downcase]]
  | if any(. == null) then null elif length == 1 then .[0] else "(" + join(" OR ") + ")" end;

# Of all files in the source package. Input: the lines of its copyright; in another form than Debian's machine-readable
# one, nothing is known. Paragraphs without files only hold the licences' texts.
def names_of_licenses:
  if . != null and (.[0] | startswith("Format:"))
  then [
    join("\n") | splits("\n[ \t]*\n") | select(test("^(Format|Files):"))
    | scan("\nLicense:[ \t]*([^\n]*[^\n \t])")[0]
  ] | unique
  else [] end;

def declared:
  map(spdx_of_choice) | if length == 0 or any(. == null) then "NOASSERTION" else unique | join(" AND ") end;

def id: "SPDXRef-" + gsub("[^A-Za-z0-9.-]"; "-");
def purl($distribution):
  "pkg:deb/debian/\(.Package | @uri)@\(.Version | @uri)?arch=\(.Architecture)&distro=debian-\($distribution)";

# A package's entry; .licenses are Debian's names of its licences.
def package($distribution):
  (.Package | startswith("agreements")) as $ours
  | {
      SPDXID: ("Package-" + .Package | id),
      name: .Package,
      versionInfo: .Version,
      supplier: (if $ours then "Organization: \(.Maintainer)" else "Organization: Debian" end),
      downloadLocation: "NOASSERTION",
      filesAnalyzed: false,
      licenseConcluded: "NOASSERTION",
      licenseDeclared: (.licenses | declared),
      copyrightText: "NOASSERTION"
    }
  + if $ours then {} else {
      sourceInfo: "built from Debian's source package \(.Source // .Package)",
      externalRefs: [
        {referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: purl($distribution)}
      ]
    } end
  + if .licenses == [] then {} else {
      licenseComments: "Debian's names: \(.licenses | join(", ")). The texts: usr/share/doc/\(.Package)/copyright."
    } end;

reduce inputs as $line ({}; .[input_filename] += [$line])
| . as $files
| [
    $files | to_entries[] | select(.key | contains("/status.d/")) | .value
    | map(capture("^(?<key>[A-Z][A-Za-z-]*): (?<value>.*)")) | from_entries
    | .Package as $name
    | .licenses = ($files | to_entries | map(select(.key | endswith("/doc/\($name)/copyright")))[0].value
                   | names_of_licenses)
  ] as $packages
| ($packages[] | select(.Package == "base-files").Version | capture("^(?<major>[0-9]+)").major) as $distribution
| [$packages[] | package($distribution)] as $entries
| {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: "agreements-\($version)",
    documentNamespace: "https://spdx.org/spdxdocs/agreements-\($version)-\($image)",
    creationInfo: {created: $created, creators: ["Tool: agreements-deploy-container-build"]},
    packages: ([{
      SPDXID: "SPDXRef-Image",
      name: "agreements",
      versionInfo: $version,
      supplier: ([$entries[] | select(.name == "agreements-server").supplier][0]),
      downloadLocation: "NOASSERTION",
      filesAnalyzed: false,
      licenseConcluded: "NOASSERTION",
      licenseDeclared: "NOASSERTION",
      copyrightText: "NOASSERTION",
      primaryPackagePurpose: "CONTAINER",
      comment: "The image with the id sha256:\($image)."
    }] + $entries),
    relationships: (
      [{spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES", relatedSpdxElement: "SPDXRef-Image"}]
      + [$entries[] | {
          spdxElementId: "SPDXRef-Image", relationshipType: "CONTAINS", relatedSpdxElement: .SPDXID}])
  }
