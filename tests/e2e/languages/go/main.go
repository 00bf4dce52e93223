// Calls the service with stubs made of its protos, and prints what it reads of errors: client ADDRESS STRAY FILES
//
// FILES has ca.pem, certificate.pem and key.pem. The server at STRAY has no use for its clock.
package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"

	agreementsv1 "agreements.internal/agreements/v1"
)

const account = "acct-4711"

func connect(address, files string) (agreementsv1.AgreementServiceClient, error) {
	certificate, err := tls.LoadX509KeyPair(filepath.Join(files, "certificate.pem"), filepath.Join(files, "key.pem"))
	if err != nil {
		return nil, err
	}
	authorities := x509.NewCertPool()
	pem, err := os.ReadFile(filepath.Join(files, "ca.pem"))
	if err != nil || !authorities.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("ca.pem has no certificate (%v)", err)
	}
	connection, err := grpc.Dial(address, grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{
		Certificates: []tls.Certificate{certificate},
		RootCAs:      authorities,
	})))
	if err != nil {
		return nil, err
	}
	return agreementsv1.NewAgreementServiceClient(connection), nil
}

func printError(err error) {
	failure, ok := status.FromError(err)
	if err == nil || !ok {
		fmt.Println("no error of the service:", err)
		return
	}
	var info *errdetails.ErrorInfo
	var invalid *errdetails.BadRequest
	var localized *errdetails.LocalizedMessage
	var retry *errdetails.RetryInfo
	for _, detail := range failure.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			info = detail
		case *errdetails.BadRequest:
			invalid = detail
		case *errdetails.LocalizedMessage:
			localized = detail
		case *errdetails.RetryInfo:
			retry = detail
		}
	}
	fmt.Printf("%v %s of %s\n", code.Code(failure.Code()), info.GetReason(), info.GetDomain())
	for _, violation := range invalid.GetFieldViolations() {
		fmt.Printf("  %s %s\n", violation.GetField(), violation.GetDescription())
	}
	fmt.Printf("  %s: %s\n", localized.GetLocale(), localized.GetMessage())
	if retry != nil {
		fmt.Printf("  again in %.3f s\n", retry.GetRetryDelay().AsDuration().Seconds())
	}
}

func run(address, stray, files string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	agreements, err := connect(address, files)
	if err != nil {
		return err
	}
	id := make([]byte, 16)
	if _, err := rand.Read(id); err != nil {
		return err
	}
	request := &agreementsv1.CreateAgreementRequest{
		AccountId: account, RequestId: fmt.Sprintf("%x", id), DisplayName: "Blåbær & Sønn", CustomerNumber: "00417",
	}
	created, err := agreements.CreateAgreement(ctx, request)
	if err != nil {
		return err
	}
	fmt.Printf("created %s, customer %s\n", created.GetAgreement().GetDisplayName(),
		created.GetAgreement().GetCustomerNumber())
	again, err := agreements.CreateAgreement(ctx, request)
	if err != nil {
		return err
	}
	if again.GetAgreement().GetAgreementId() == created.GetAgreement().GetAgreementId() {
		fmt.Println("again: the same one")
	} else {
		fmt.Println("again: another one")
	}

	_, err = agreements.CreateAgreement(ctx,
		&agreementsv1.CreateAgreementRequest{AccountId: account, CustomerNumber: "4 17"})
	printError(err)
	_, err = agreements.GetAgreement(ctx,
		&agreementsv1.GetAgreementRequest{AccountId: account, AgreementId: "agr-1m843ggskvp0t1tr"})
	printError(err)
	elsewhere, err := connect(stray, files)
	if err != nil {
		return err
	}
	_, err = elsewhere.CreateAgreement(ctx,
		&agreementsv1.CreateAgreementRequest{AccountId: account, DisplayName: "Blåbær & Sønn"})
	printError(err)
	return nil
}

func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
