"""Calls the service with stubs made of its protos, and prints what it reads of errors: client.py ADDRESS STRAY FILES

FILES has ca.pem, certificate.pem and key.pem. The server at STRAY has no use for its clock.
"""

import pathlib
import sys
import uuid

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from agreements.v1 import agreement_service_pb2 as messages
from agreements.v1 import agreement_service_pb2_grpc as services

ACCOUNT = "acct-4711"
DEADLINE_SECONDS = 30


def connect(address, files):
    credentials = grpc.ssl_channel_credentials(
        root_certificates=(files / "ca.pem").read_bytes(),
        private_key=(files / "key.pem").read_bytes(),
        certificate_chain=(files / "certificate.pem").read_bytes(),
    )
    return services.AgreementServiceStub(grpc.secure_channel(address, credentials))


def details(error):
    """The details of an error, by type."""
    found = {}
    for packed in rpc_status.from_call(error).details:
        for detail_type in (
            error_details_pb2.ErrorInfo,
            error_details_pb2.BadRequest,
            error_details_pb2.RetryInfo,
            error_details_pb2.LocalizedMessage,
        ):
            detail = detail_type()
            if packed.Unpack(detail):
                found[detail_type] = detail
    return found


def print_error(method, request):
    try:
        method(request, timeout=DEADLINE_SECONDS)
        sys.exit("no error")
    except grpc.RpcError as error:
        found = details(error)
        info = found[error_details_pb2.ErrorInfo]
        print(f"{error.code().name} {info.reason} of {info.domain}")
        if error_details_pb2.BadRequest in found:
            for violation in found[error_details_pb2.BadRequest].field_violations:
                print(f"  {violation.field} {violation.description}")
        localized = found[error_details_pb2.LocalizedMessage]
        print(f"  {localized.locale}: {localized.message}")
        if error_details_pb2.RetryInfo in found:
            print(f"  again in {found[error_details_pb2.RetryInfo].retry_delay.ToTimedelta().total_seconds():.3f} s")


def main():
    sys.stdout.reconfigure(encoding="utf-8")
    address, stray, files = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    agreements = connect(address, files)

    request = messages.CreateAgreementRequest(
        account_id=ACCOUNT, request_id=str(uuid.uuid4()), display_name="Blåbær & Sønn", customer_number="00417"
    )
    created = agreements.CreateAgreement(request, timeout=DEADLINE_SECONDS).agreement
    print(f"created {created.display_name}, customer {created.customer_number}")
    again = agreements.CreateAgreement(request, timeout=DEADLINE_SECONDS).agreement
    print("again: the same one" if again.agreement_id == created.agreement_id else "again: another one")

    print_error(agreements.CreateAgreement, messages.CreateAgreementRequest(account_id=ACCOUNT, customer_number="4 17"))
    print_error(
        agreements.GetAgreement,
        messages.GetAgreementRequest(account_id=ACCOUNT, agreement_id="agr-1m843ggskvp0t1tr"),
    )
    print_error(
        connect(stray, files).CreateAgreement,
        messages.CreateAgreementRequest(account_id=ACCOUNT, display_name="Blåbær & Sønn"),
    )


main()
