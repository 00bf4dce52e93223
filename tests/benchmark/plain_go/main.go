// A plain service to compare with: GetAgreement and nothing around it, with grpc-go and go-sql-driver on 16 connections.
//
//	plain_go SOCKET SCHEMA
//
// Prints "serving on ADDRESS", and serves until it is killed.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"time"

	_ "github.com/go-sql-driver/mysql"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "agreements.internal/agreements/v1"
)

const connections = 16

const query = `SELECT agreement_id, display_name, customer_number, company_count, draft_count, settled_until, revision,
  create_time, update_time, delete_time FROM agreements WHERE account_id = ? AND agreement_id = ?`

type server struct {
	pb.UnimplementedAgreementServiceServer
	get *sql.Stmt
}

func (s *server) GetAgreement(ctx context.Context, request *pb.GetAgreementRequest) (*pb.GetAgreementResponse, error) {
	var agreement pb.Agreement
	var settledUntil, createTime, updateTime time.Time
	var deleteTime sql.NullTime
	err := s.get.QueryRowContext(ctx, request.AccountId, request.AgreementId).Scan(
		&agreement.AgreementId, &agreement.DisplayName, &agreement.CustomerNumber, &agreement.CompanyCount,
		&agreement.DraftCount, &settledUntil, &agreement.Revision, &createTime, &updateTime, &deleteTime)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, status.Error(codes.NotFound, "no such agreement")
	}
	if err != nil {
		return nil, status.Error(codes.Unavailable, err.Error())
	}
	agreement.SettledUntil = settledUntil.Format("2006-01-02")
	agreement.CreateTime = timestamppb.New(createTime)
	agreement.UpdateTime = timestamppb.New(updateTime)
	if deleteTime.Valid {
		agreement.DeleteTime = timestamppb.New(deleteTime.Time)
	}
	return &pb.GetAgreementResponse{Agreement: &agreement}, nil
}

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: plain_go SOCKET SCHEMA")
	}
	db, err := sql.Open("mysql", fmt.Sprintf("root@unix(%s)/%s?parseTime=true", os.Args[1], os.Args[2]))
	if err != nil {
		log.Fatal(err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	get, err := db.Prepare(query)
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	s := grpc.NewServer()
	pb.RegisterAgreementServiceServer(s, &server{get: get})
	grpc_health_v1.RegisterHealthServer(s, health.NewServer())
	fmt.Printf("serving on %s\n", listener.Addr())
	log.Fatal(s.Serve(listener))
}
