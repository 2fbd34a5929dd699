#!/bin/sh
# Made the certificates beside this file, once. They are valid until 2125 and protect nothing.
set -e
cd "$(dirname "$0")"
key() { openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out "$1.key"; }
# name, authority, subject, extensions, start, end
sign() {
  openssl req -new -key "$1.key" -subj "$3" -out "$1.csr"
  : >index.txt
  printf '[ca]\ndefault_ca=c\n[c]\ndatabase=index.txt\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\nrand_serial=yes\nx509_extensions=x\n[p]\ncommonName=supplied\norganizationName=optional\n[x]\n%b\n' "$4" >ca.cnf
  if [ "$1" = "$2" ]; then set -- "$@" -selfsign; else set -- "$@" -cert "$2.crt"; fi
  openssl ca -batch -notext -config ca.cnf -keyfile "$2.key" -in "$1.csr" -out "$1.crt" \
    -startdate "$5" -enddate "$6" $7 $8
}
authority() {
  key "$1"
  sign "$1" "$1" "/CN=$1" 'basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign' 20200101000000Z 21250101000000Z
}
leaf() {
  key "$1"
  sign "$@"
}
serving='basicConstraints=CA:false\nextendedKeyUsage=serverAuth\nsubjectAltName='
client='basicConstraints=CA:false\nextendedKeyUsage=clientAuth'
authority ca
authority other-ca
leaf server ca /CN=server "${serving}DNS:localhost,DNS:api.test,IP:127.0.0.1,IP:::1" 20200101000000Z 21250101000000Z
leaf elsewhere ca /CN=elsewhere "${serving}DNS:elsewhere.test" 20200101000000Z 21250101000000Z
leaf expired ca /CN=expired "${serving}DNS:localhost,IP:127.0.0.1" 20200101000000Z 20200201000000Z
leaf alice ca /O=admins/CN=alice "$client" 20200101000000Z 21250101000000Z
leaf alice-renewed ca /O=admins/CN=alice-renewed "$client" 20200101000000Z 21250101000000Z
rm -f ./*.csr ./[0-9A-F]*.pem index.txt* ca.cnf ca.key other-ca.key
